"""The README's own commands, run in order by one shell against a live server; what they print is what it says."""

import os
import re
import subprocess
from pathlib import Path

from tests.journeys.conftest import Live

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)
MARK = "--- next block ---"


def blocks() -> list[tuple[str, str]]:
    """(commands, what they print) of "A family's first booking"; ``…`` stands for what differs from run to run."""
    story = README.read_text().split("## A family's first booking", 1)[1].split("\n## ", 1)[0]
    return BLOCK.findall(story)


def run(base: str) -> list[str]:
    """What each block printed, all run by one bash that stops at the first failing command."""
    script = "\n".join(f"{commands}\necho '{MARK}'" for commands, _ in blocks())
    done = subprocess.run(["bash", "-e", "-u", "-o", "pipefail", "-c", script], capture_output=True, text=True,
                          timeout=120, env={**os.environ, "API": f"{base}/api/v1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout.split(MARK + "\n")[:-1]


def pattern(expected: str) -> str:
    """``…`` matches anything on its line."""
    return "[^\n]*?".join(re.escape(part) for part in expected.strip().split("…")) + r"\s*"


def test_a_familys_first_booking_prints_what_the_readme_says(live: Live) -> None:
    printed = run(live.base)
    assert len(printed) == len(blocks()) >= 10
    for (commands, expected), got in zip(blocks(), printed, strict=True):
        assert re.fullmatch(pattern(expected), got), f"{commands}\nprinted:\n{got}\nREADME:\n{expected}"
