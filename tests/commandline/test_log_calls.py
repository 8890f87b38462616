"""What we hand to the log as a message is a constant: the log shows it as it is."""

import ast
from pathlib import Path

import pytest

from tests.guards import PACKAGES, ROOT, plant

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "logger"}


def changing_messages(root: Path) -> list[str]:
    """Places below `root` where a log call's message is not a literal string."""
    found, seen = [], 0
    for file in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            holder = node.func.value
            name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
            made_here = isinstance(holder, ast.Call) and ast.unparse(holder.func) == "logging.getLogger"
            if not (name in LOGGERS or made_here) or node.func.attr not in {*LEVELS, "log"}:
                continue
            seen += 1
            message = node.args[1 if node.func.attr == "log" else 0] if node.args else None
            if not (isinstance(message, ast.Constant) and isinstance(message.value, str)):
                found.append(f"{file.relative_to(root)}:{node.lineno}")
    assert seen, "not one log call was found"
    return found


def test_every_message_is_a_constant() -> None:
    assert changing_messages(ROOT) == []


@pytest.mark.parametrize(
    "call",
    [
        "log.info(text)",
        'log.info(f"{name} wrote")',
        'log.warning("wrote: " + text)',
        'self.log.error("%s" % text)',
        "logging.getLogger(__name__).error(text)",
        "logger.log(10, text)",
        "log.exception(error)",
    ],
)
def test_a_message_that_changes_is_found(tmp_path: Path, call: str) -> None:
    plant(tmp_path, {"handlers/a.py": f'log.info("well: %s", 1)\n{call}\n'})
    assert changing_messages(tmp_path) == ["handlers/a.py:2"]


def test_a_look_at_no_call_fails(tmp_path: Path) -> None:
    plant(tmp_path, {"storage/a.py": "print(1)"})
    with pytest.raises(AssertionError, match="not one log call"):
        changing_messages(tmp_path)
