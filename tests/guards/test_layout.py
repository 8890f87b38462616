"""The shape of the tree: what Python's and pytest's import rules need."""

from pathlib import Path

from tests.guards import ROOT, plant


def faults(root: Path) -> list[str]:
    found = []
    if (root / "mentorbot" / "__init__.py").read_bytes():
        found.append("mentorbot/__init__.py is not empty")
    folders = {file.parent for file in (root / "tests").rglob("*.py")}
    assert folders, "not one test folder was found"
    for folder in sorted(folders):
        name = folder.relative_to(root)
        if not (folder / "__init__.py").exists():
            found.append(f"{name} has no __init__.py")
        # pytest would put its parent on the path and import it in the place of the package.
        if folder.name in {"handlers", "storage"}:
            found.append(f"{name} shadows a package")
    return found


def test_the_tree_has_its_shape() -> None:
    assert faults(ROOT) == []


def test_a_misshapen_tree_is_found(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "mentorbot/__init__.py": "from mentorbot import app",
            "tests/__init__.py": "",
            "tests/rules/test_invite.py": "",
            "tests/storage/__init__.py": "",
        },
    )
    assert faults(tmp_path) == [
        "mentorbot/__init__.py is not empty",
        "tests/rules has no __init__.py",
        "tests/storage shadows a package",
    ]
