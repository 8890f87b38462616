"""Imports point down only. The contracts stand in pyproject.toml; each one is shown here to turn red."""

import ast
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import grimp
import pytest

from tests.guards import PACKAGES, ROOT, plant

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
SMALL_TREE = {
    "mentorbot/__init__.py": "",
    "mentorbot/cli.py": "import mentorbot.app, mentorbot.config, mentorbot.demo",
    "mentorbot/doctor.py": "import mentorbot.config",
    "mentorbot/founding.py": "import mentorbot.config",
    "mentorbot/app.py": "import handlers, mentorbot.config, mentorbot.redaction",
    "mentorbot/config.py": "import mentorbot.programme",
    "mentorbot/redaction.py": "import logging",
    "mentorbot/demo/__init__.py": "import aiohttp",
    "mentorbot/services/__init__.py": "import storage",
    "mentorbot/programme/__init__.py": "import dataclasses",
    "handlers/__init__.py": "import telegram, mentorbot.services",
    "storage/__init__.py": "import sqlalchemy, mentorbot.programme",
}
BREACHES = {
    "storage/__init__.py": ("import handlers", "Imports point down only"),
    "handlers/__init__.py": ("import mentorbot.demo", "Only the command line knows the demo"),
    "mentorbot/app.py": ("import mentorbot.demo", "Only the command line knows the demo"),
    "mentorbot/demo/__init__.py": ("import mentorbot.redaction", "Settings and the log filter"),
    "mentorbot/services/__init__.py": ("import telegram", "Services decide"),
    "mentorbot/programme/__init__.py": ("import mentorbot.config", "Imports point down only"),
}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def cycle(*packages: str) -> list[str] | None:
    """Files that import each other in a ring, if there are any."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert any(imported.values()), "not one import was found"
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return None


def imports_outside_the_standard_library(package: Path) -> set[str]:
    """What the files of `package` import beyond the standard library and themselves."""
    root = package.parent.parent
    own = ".".join(package.relative_to(root).parts)
    files = list(package.rglob("*.py"))
    assert files, f"no file in {package}"
    named = set[str]()
    for file in files:
        folder = ".".join(file.parent.relative_to(root).parts)
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named.add(resolve_name("." * node.level + (node.module or ""), folder))
    return {
        name
        for name in named
        if name.split(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith(f"{own}.")
    }


def modules_without_a_layer(root: Path) -> set[str]:
    """Modules at the top of `mentorbot` that no layer of pyproject.toml names."""
    [layers] = [contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"]
    named = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    files = (path.relative_to(root / "mentorbot") for path in (root / "mentorbot").rglob("*.py"))
    found = {f"mentorbot.{path.parts[0].removesuffix('.py')}" for path in files} - {"mentorbot.__init__"}
    assert found, "not one module was found"
    return found - named


def test_the_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


def test_the_contracts_hold_for_the_small_tree(tmp_path: Path) -> None:
    result = lint_imports(plant(tmp_path, SMALL_TREE))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file", BREACHES)
def test_a_breach_breaks_its_contract(tmp_path: Path, file: str) -> None:
    breach, contract = BREACHES[file]
    plant(tmp_path, SMALL_TREE | {file: f"{SMALL_TREE[file]}\n{breach}"})
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert any(contract in line and "BROKEN" in line for line in result.stdout.splitlines()), result.stdout


def test_no_files_import_each_other_in_a_ring() -> None:
    assert cycle(*PACKAGES) is None


def test_a_ring_of_imports_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = {"ringed/__init__.py": "", "ringed/a.py": "import ringed.b", "ringed/b.py": "from ringed import a"}
    monkeypatch.syspath_prepend(plant(tmp_path, ring))
    found = cycle("ringed")
    assert found is not None
    assert set(found) == {"ringed.a", "ringed.b"}


def test_a_search_for_rings_that_saw_no_import_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(plant(tmp_path, {"importless/__init__.py": ""}))
    with pytest.raises(AssertionError, match="not one import"):
        cycle("importless")


def test_the_rules_import_the_standard_library_alone() -> None:
    assert imports_outside_the_standard_library(ROOT / "mentorbot" / "programme") == set()


def test_a_rule_that_imports_a_library_is_found(tmp_path: Path) -> None:
    text = "import dataclasses\nfrom . import people\nfrom .people import Alias\nfrom storage import tables\n"
    plant(tmp_path, {"mentorbot/programme/rule.py": text + "def lazily() -> None:\n    import babel.dates\n"})
    found = imports_outside_the_standard_library(tmp_path / "mentorbot" / "programme")
    assert found == {"storage", "babel.dates"}


def test_a_look_at_rules_that_are_not_there_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no file"):
        imports_outside_the_standard_library(tmp_path / "mentorbot" / "programme")


def test_every_module_has_a_layer() -> None:
    assert modules_without_a_layer(ROOT) == set()


def test_a_module_without_a_layer_is_found(tmp_path: Path) -> None:
    plant(tmp_path, SMALL_TREE | {"mentorbot/helpers.py": "", "mentorbot/misc/deep/a.py": ""})
    assert modules_without_a_layer(tmp_path) == {"mentorbot.helpers", "mentorbot.misc"}
