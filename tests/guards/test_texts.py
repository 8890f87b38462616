"""Nothing in the tree tells where it was written, or from which registry it was installed."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.guards import ROOT, plant

# Folders that only the machine of one developer, or of CI, has; and registries, by their names or their form.
SOMEWHERE = re.compile(
    r"(?<![\w.-])/(?:root|work|workspace|builds|home/\w+|Users/\w+)/"
    r"|\b(?:pypi|pythonhosted|npmjs|debian)\.org\b|https?://\S+/simple\b"
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def places(files: Iterable[Path]) -> list[str]:
    """Lines that name a folder of somebody's machine, this one among them, or a registry."""
    here = {str(ROOT), str(Path.home())} - {"/"}
    looked_at = 0
    found = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        looked_at += 1
        for number, line in enumerate(lines, 1):
            if SOMEWHERE.search(line) or any(f"{place}/" in line for place in here):
                found.append(f"{file.name}:{number}: {line.strip()}")
    assert looked_at, "not one text was looked at"
    return found


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: git tells what is tracked")
def test_no_text_names_a_machine_or_a_registry() -> None:
    assert places(tracked_files()) == []


@pytest.mark.parametrize(
    "line",
    [
        f"see {ROOT}/README.md",
        "cd /" + "root/mentorbot",
        "/" + "home/aino/mentorbot/",
        "--index-url https://mirror.example/" + "simple/",
        "https://files.pythonhosted" + ".org/packages/x.whl",
    ],
)
def test_a_text_that_names_one_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, {"notes.md": f"First.\n{line}\n", "README.md": "/var/lib/mentorbot, a/work/b"})
    assert places(tmp_path.iterdir()) == [f"notes.md:2: {line}"]


def test_a_look_at_no_text_fails(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    with pytest.raises(AssertionError, match="not one text"):
        places(tmp_path.iterdir())
