"""`mentorbot demo`, as `make demo` calls it."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_its_address_and_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mentorbot", "demo", "--port", "0"],
        env={**os.environ, "COLUMNS": "80", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        lines = iter(demo.stdout.readline, "")
        address = next(found[0] for line in lines if (found := ADDRESS.search(line)))
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - its own address
            assert b"everyone" in answer.read()
        assert list(tmp_path.iterdir()) != []
        demo.send_signal(number)
        _, complaints = demo.communicate(timeout=20)
    assert (demo.returncode, complaints) == (0, "")
    assert list(tmp_path.iterdir()) == []
