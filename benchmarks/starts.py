"""How long the demo takes to be ready when its city is there already, and how long the app takes to be imported."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.ground import ROOT, Measured, environment, free_port

IMPORT = "from time import perf_counter as now; begun = now(); import qiaojiejie.app; print(now() - begun)"


def measure(*, rounds: int, workers: int) -> Measured:
    """Seconds of both; the demo's first start, which makes a city of so many workers, does not count. 0: no demo."""
    found: Measured = {"import": [_imported() for _ in range(rounds + 1)][1:]}
    if workers:
        with tempfile.TemporaryDirectory(prefix="qjj-bench-", ignore_cleanup_errors=True) as name:
            Path(name).chmod(0o755)
            took = [_ready(Path(name), workers) for _ in range(rounds + 1)]
        found.update({"start": took[1:], "seconds of the demo's first start": took[:1]})
    return found


def _imported() -> float:
    return float(subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True, cwd=ROOT,
                                env=environment({})).stdout)


def _ready(instance: Path, workers: int) -> float:
    """Seconds from the command that ``make demo`` runs to the first 200 of /readyz."""
    port, begun = free_port(), time.perf_counter()
    with _demo(instance, workers, port) as demo:
        while time.perf_counter() - begun < 600:
            if demo.poll() is not None:
                raise ConnectionError(f"the demo ended with code {demo.returncode}")
            if _answers(f"http://127.0.0.1:{port}/readyz"):
                return time.perf_counter() - begun
            time.sleep(0.02)
    raise TimeoutError("the demo did not become ready")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def _demo(instance: Path, workers: int, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    env = environment({"PORT": str(port), "STRIPE_SANDBOX_PORT": str(free_port()), "QJJ_INSTANCE": str(instance),
                       "WORKERS": str(workers), "QJJ_MODE": "demo", "DATABASE_URL": ""})
    process = subprocess.Popen([sys.executable, "-m", "qiaojiejie.sandbox.demo"], cwd=ROOT, env=env,
                               stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
