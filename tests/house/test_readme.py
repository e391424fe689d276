"""The README says what is so: its diagram is the lifecycle's table, its commands are the Makefile's."""

import re
from pathlib import Path

from qiaojiejie.booking.lifecycle import BOOKING

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_diagram_of_a_bookings_life_is_its_table() -> None:
    drawn = set(re.findall(r"^    (\w+|\[\*\]) --> (\w+)", README, re.M))
    table = {(source, row.target) for row in BOOKING.steps.values() for source in row.sources}
    assert drawn == table | {("[*]", BOOKING.initial)}


def test_commands_the_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in pages for name in re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(), re.M)}
    assert named <= targets, named - targets


def test_documents_the_documents_name_exist() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for name in re.findall(r"`((?:docs|tests|benchmarks|src|migrations)/[\w./-]+?\.\w+)`", page.read_text()):
            assert (ROOT / name).exists(), f"{page.name}: {name}"
