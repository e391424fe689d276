"""The checking tools, running beside the tests on the other core."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TOOLS = {"flake8": ["src", "tests", "benchmarks", "wsgi.py"], "mypy": [], "lint-imports": []}

_running: dict[str, tuple["subprocess.Popen[bytes]", IO[bytes]]] = {}


def start() -> None:
    """Start every tool, once."""
    for name in sorted(TOOLS.keys() - _running.keys()):
        out = tempfile.TemporaryFile()
        _running[name] = subprocess.Popen([str(BIN / name), *TOOLS[name]], cwd=ROOT, stdout=out,
                                          stderr=subprocess.STDOUT), out


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the tools as soon as it is known that a test asks for one; of several processes, the one that comes to it
    first does."""
    wanted = any(name.replace("-", "_") in item.name for item in session.items for name in TOOLS)
    if wanted and "PYTEST_XDIST_WORKER" not in os.environ:
        start()


def pytest_sessionfinish() -> None:
    """Leave none behind when the run was cut short."""
    for process, out in _running.values():
        process.kill()
        process.wait()
        out.close()


@pytest.fixture()
def finds_nothing() -> Callable[[str], None]:
    """Waits for a tool and fails with what it said unless it found nothing."""

    def wait(name: str) -> None:
        start()
        process, out = _running[name]
        code = process.wait(timeout=100)
        out.seek(0)
        assert code == 0, out.read().decode()[-8000:]

    return wait
