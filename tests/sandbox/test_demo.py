"""The demo stops all it started, whenever it is told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from qiaojiejie.sandbox import demo


class Disturbed(subprocess.Popen[bytes]):
    """Begins just as somebody presses Ctrl-C."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture()
def stoppable() -> Iterator[None]:
    """SIGTERM stops the demo here, too."""
    before = signal.signal(signal.SIGTERM, demo._stop)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_process_that_begins_while_the_demo_is_told_to_stop_is_stopped_with_the_others(
        stoppable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    children: demo.Children = []
    monkeypatch.setattr(demo.subprocess, "Popen", Disturbed)
    with pytest.raises(demo.Stopped):
        demo._start(children, dict(os.environ), {"one": [sys.executable, "-c", "import time; time.sleep(60)"]})
    [(_, child)] = children
    assert child.poll() is None
    demo._end(children)
    assert child.poll() is not None
