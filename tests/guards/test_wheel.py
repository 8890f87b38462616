"""The wheel holds the three packages whole, and nothing else."""

import subprocess
import sys
from fnmatch import fnmatch
from zipfile import ZipFile

import pytest

from tests.guards import PACKAGES, ROOT

NEEDED = (
    "mentorbot/__main__.py",
    "mentorbot/locale/*/LC_MESSAGES/mentorbot.po",
    "mentorbot/locale/*/aliases.txt",
    "storage/migrations/data/env.py",
    "storage/migrations/data/versions/*.py",
    "storage/migrations/keys/env.py",
    "storage/migrations/keys/versions/*.py",
    "handlers/telegram/*.py",
    "*.dist-info/entry_points.txt",
)


def faults(names: set[str]) -> list[str]:
    """What is wrong with a wheel that holds files of these names."""
    found = [f"missing: {pattern}" for pattern in NEEDED if not any(fnmatch(name, pattern) for name in names)]
    for name in sorted(names):
        top = name.split("/")[0]
        if top not in PACKAGES and not top.endswith(".dist-info"):
            found.append(f"not of the application: {name}")
        elif "/tests/" in name or "/test_" in name or name.endswith((".db", ".key", ".env", ".pyc")):
            found.append(f"does not belong in a package: {name}")
    return found


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel as hatchling builds it, with nothing fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("mentorbot-*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_is_whole_and_nothing_else_is_in_it(names: set[str]) -> None:
    assert faults(names) == []


def test_every_file_of_the_packages_is_in_the_wheel(names: set[str]) -> None:
    there = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there
    assert there == {name for name in names if ".dist-info/" not in name}


def test_a_stray_or_missing_file_is_found(names: set[str]) -> None:
    catalogues = {name for name in names if fnmatch(name, "mentorbot/locale/*.po")}
    assert faults(names - catalogues) == ["missing: mentorbot/locale/*/LC_MESSAGES/mentorbot.po"]
    assert faults(names | {"tests/__init__.py"}) == ["not of the application: tests/__init__.py"]
    assert faults(names | {"storage/root.key"}) == ["does not belong in a package: storage/root.key"]


def test_an_empty_wheel_is_found() -> None:
    assert len(faults(set())) == len(NEEDED)
