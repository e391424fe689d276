"""The demo: every process of the service started, watched, and stopped together. ``make demo`` runs it.

This process loads no room: what it starts loads all of them, and the processors are theirs.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click
import psycopg

from qiaojiejie.core import embedded
from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.migrations import ROOT, head

PEOPLE = (("13800000001", "家庭 household"), ("13800000002", "企业经理 firm manager"),
          ("13800000003", "阿姨 worker"), ("13800000004", "妇联审核员 federation auditor"),
          ("13800000005", "工作站值班员 station clerk"), ("13800000006", "培训老师 trainer"),
          ("13800000007", "调解员 mediator"), ("13800000008", "妇联管理员 federation administrator"))
OLDEST_POSTGRES = 150000
START_SECONDS = 60

Children = list[tuple[str, "subprocess.Popen[bytes]"]]


class Stopped(Exception):
    """Someone pressed Ctrl-C or sent SIGTERM."""


def main() -> None:
    """Run it; what a person must mend is one line instead of a traceback."""
    try:
        run()
    except (BadSetting, embedded.NoDatabase, ConnectionError) as plain:
        click.echo(f"巧姐姐: {plain}", err=True)
        sys.exit(1)


def run() -> None:
    """Start PostgreSQL (unless DATABASE_URL names one), migrate, seed once, serve; until Ctrl-C.

    Raises BadSetting, NoDatabase or ConnectionError with one line for a person to act on.
    """
    port = int(os.environ.get("PORT", "8000"))
    stripe_port = int(os.environ.get("STRIPE_SANDBOX_PORT", str(port + 1)))
    for wanted in (port, stripe_port):
        _require_free(wanted)
    instance = Path(os.environ.get("QJJ_INSTANCE", ROOT / "instance")).resolve()
    server = None if os.environ.get("DATABASE_URL") else embedded.start(instance / "postgres")
    url: str = server.get_uri() if server else os.environ["DATABASE_URL"]
    _require_postgres(url)
    env = {**os.environ, "QJJ_MODE": "demo", "DATABASE_URL": url, "PORT": str(port),
           "MEDIA_DIR": str(instance / "media"), "STRIPE_API_BASE": f"http://127.0.0.1:{stripe_port}",
           "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
           "PROMETHEUS_MULTIPROC_DIR": _empty(instance / "metrics")}
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    children: Children = []
    try:
        if not _is_prepared(url):
            _prepare(children, env)
        _start(children, env, _serving(env, port, stripe_port, instance))
        _await(children, f"http://127.0.0.1:{port}/readyz")
        _start(children, env, {"jobs": [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "jobs"]})
        _welcome(Config.read(env).public_url)
        _watch(children)
    except Stopped:
        click.echo("\n正在停止 · stopping")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _end(children)
        if server is not None:
            server.cleanup()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Who would stop the demo while a process is started waits until it is known, to be stopped with the others."""
    told = list[int]()
    before = {each: signal.signal(each, lambda got, _: told.append(got)) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if told:
        raise Stopped()


def _empty(folder: Path) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return str(folder)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as busy:
            raise ConnectionError(f"端口 {port} 已被占用，请换一个 · port {port} is busy, choose another: "
                                  f"PORT={port + 10} make demo") from busy


def _require_postgres(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as broken:
        reason = str(broken).strip().splitlines()[0]
        raise ConnectionError(f"连不上数据库 · the database can't be reached: {reason}") from broken
    if version < OLDEST_POSTGRES:
        raise BadSetting(f"PostgreSQL {version // 10000} is too old: 15 or newer is needed")


def _is_prepared(url: str) -> bool:
    """Whether there is nothing to migrate and a city is there."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            return versions == [(head(),)] and connection.execute("SELECT FROM firm LIMIT 1").rowcount == 1
        except psycopg.errors.UndefinedTable:
            return False


def prepare() -> None:
    """Migrate, and fill an empty database with the sample city. A process of its own: its memory goes with it."""
    from flask_migrate import upgrade

    from qiaojiejie.app import create_app
    from qiaojiejie.sandbox import city

    with create_app(Config.read()).app_context():
        upgrade()
        if city.is_empty():
            click.echo("正在生成示范城市 · making the sample city (once)")
            city.build(workers=int(os.environ.get("WORKERS", "3000")))
            city.propose()


def _prepare(children: Children, env: dict[str, str]) -> None:
    _start(children, env, {"prepare": [sys.executable, "-m", "qiaojiejie.cli", "prepare"]})
    if children[-1][1].wait() != 0:
        raise ConnectionError("the database could not be prepared; see the log above")
    children.pop()


def _serving(env: dict[str, str], port: int, stripe_port: int, instance: Path) -> dict[str, list[str]]:
    """What answers, by name; jobs are begun when it does, for they take their time and nobody waits for them."""
    config = Config.read(env)
    workers = os.environ.get("WEB_WORKERS", "2")
    return {
        "stripe": [sys.executable, "-m", "qiaojiejie.sandbox.stripe", "--port", str(stripe_port), "--state",
                   str(instance / "stripe.sqlite"), "--webhook-url", f"http://127.0.0.1:{port}/api/v1/webhooks/stripe",
                   "--webhook-secret", config.stripe_webhook_secrets[0]],
        "web": [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", os.environ.get("HOST", "127.0.0.1"),
                "--port", str(port), "--workers", workers, "--blocking-threads", "4", "--log-level", "warning",
                "--working-dir", str(ROOT), "wsgi:app"],
    }


def _start(children: Children, env: dict[str, str], commands: dict[str, list[str]]) -> None:
    # a session of its own for each: Ctrl-C reaches this process alone, which then stops the others in order
    for name, command in commands.items():
        with _undisturbed():
            children.append((name, subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)))


def _await(children: Children, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _require_alive(children)
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise ConnectionError(f"{url} did not answer within {START_SECONDS} s; see the log above")


def _require_alive(children: Children) -> None:
    for name, child in children:
        if child.poll() is not None:
            raise ConnectionError(f"the {name} process ended with code {child.returncode}; see the log above")


def _watch(children: Children) -> None:
    while True:
        _require_alive(children)
        time.sleep(0.5)


def _end(children: Children) -> None:
    for _, child in reversed(children):
        if child.poll() is None:
            child.terminate()
    for _, child in reversed(children):
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _welcome(address: str) -> None:
    click.echo(f"""
  巧姐姐已就绪 · ready        {address}/
  接口 · API                  {address}/docs
  一个家庭的第一次预约 · a family's first booking: see README.md

  登录 · sign in with any of these phones, one-time code 000000""")
    for phone, who in PEOPLE:
        click.echo(f"    {phone}  {who}")
    click.echo("\n  Ctrl-C 停止 · stops everything\n")


if __name__ == "__main__":
    main()
