"""The checks themselves: skipped tests in CI, and what pip-audit's answers come to."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.guards import ROOT, plant

SKIPPING = "import pytest\ndef test_skipped() -> None:\n    pytest.skip('no Chromium')\n"
XFAILING = "import pytest\n@pytest.mark.xfail\ndef test_known() -> None:\n    assert False\n"

SOUND = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
VULNERABLE = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2019-217"}]}
UNKNOWN = {"name": "babel", "skip_reason": "not found"}


def run_pytest(folder: Path, *, ci: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "tests.skips", "-p", "no:cacheprovider", str(folder)]
    environment = os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def audit(*, output: str = "", errors: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs .ci/audit.py with a stand-in for pip-audit that answers like this."""
    answer = f"import sys; sys.stdout.write({output!r}); sys.stderr.write({errors!r}); sys.exit({code})"
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), sys.executable, "-c", answer]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def report(*dependencies: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_skipped_test_fails_in_ci_and_says_why(tmp_path: Path) -> None:
    result = run_pytest(plant(tmp_path, {"test_a.py": SKIPPING}), ci="true")
    assert result.returncode == 1
    assert "1 failed" in result.stdout
    assert "no Chromium" in result.stdout


def test_a_skipped_test_is_only_counted_elsewhere(tmp_path: Path) -> None:
    result = run_pytest(plant(tmp_path, {"test_a.py": SKIPPING}), ci="")
    assert result.returncode == 0
    assert "1 skipped" in result.stdout


def test_a_known_failure_is_no_skip(tmp_path: Path) -> None:
    result = run_pytest(plant(tmp_path, {"test_a.py": XFAILING}), ci="true")
    assert result.returncode == 0
    assert "1 xfailed" in result.stdout


def test_a_vulnerability_fails_the_audit() -> None:
    result = audit(output=report(SOUND, VULNERABLE), code=1)
    assert result.returncode == 1
    assert "jinja2 2.0: PYSEC-2019-217" in result.stdout


def test_a_sound_report_passes_and_says_how_much_was_looked_at() -> None:
    result = audit(output=report(SOUND, UNKNOWN))
    assert result.returncode == 0
    assert "1 of 2 packages audited, 0 vulnerable" in result.stdout


@pytest.mark.parametrize(
    ("output", "errors", "code"),
    [
        (report(UNKNOWN), "No known vulnerabilities found", 0),
        ("", "Traceback ...\nrequests.exceptions.ConnectionError: no route", 1),
    ],
)
def test_an_audit_of_nothing_is_not_called_clean(output: str, errors: str, code: int) -> None:
    result = audit(output=output, errors=errors, code=code)
    assert result.returncode == 0
    assert "NOTHING WAS AUDITED" in result.stdout


def test_an_audit_that_broke_fails() -> None:
    result = audit(errors="ERROR:pip_audit._cli:invalid requirements input", code=1)
    assert result.returncode == 1
    assert "invalid requirements" in result.stderr
