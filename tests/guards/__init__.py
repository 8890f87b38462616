"""Guards hold the tree to its own rules.

Each has a control: something broken that it must find fault with. A guard that looked at nothing fails.
"""

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("mentorbot", "handlers", "storage")


def plant(root: Path, files: Mapping[str, str]) -> Path:
    """Writes a small tree under `root`; returns `root`."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
