"""Rows a second and peak memory of a staff import: `python benchmarks/staff_import.py [rows]`.

Makes a list of invented people, imports it twice into a database of its own on the embedded PostgreSQL (or on
BENCH_DATABASE_URL's server), and prints what docs/benchmarks.md holds.
"""

import io
import os
import resource
import sys
import threading
import time
import uuid
from pathlib import Path

import openpyxl
import psycopg
import sqlalchemy as sa
from flask_migrate import upgrade
from stdnum.cn import ric

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from qiaojiejie.app import create_app  # noqa: E402
from qiaojiejie.core import embedded  # noqa: E402
from qiaojiejie.core.access import Actor, Role  # noqa: E402
from qiaojiejie.core.config import Config  # noqa: E402
from qiaojiejie.core.db import db  # noqa: E402
from qiaojiejie.staffing import service as staffing  # noqa: E402
from tests import factories  # noqa: E402

HEADER = ["序号", "姓名", "性别", "身份证号码", "联系电话", "工种", "证书名称及等级", "证书编号", "健康证有效期至", "保险到期日", "入职时间",
          "期望工资（元）", "备注"]


def staff_list(rows: int) -> bytes:
    """A firm's list of so many invented people."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.append(["某某家政员工花名册"])
    sheet.append(HEADER)
    for number in range(rows):
        body = f"32130{'2' if number % 2 else '3'}19{60 + number % 40:02d}{1 + number // 40 % 12:02d}" \
               f"{1 + number // 480 % 28:02d}{number // 13_440:02d}0"
        sheet.append([number + 1, "王秀英", "女", body + ric.calc_check_digit(body + "0"), f"139{number:08d}",
                      "月嫂、育婴" if number % 3 else "保洁", "家政服务员四级", f"S{number:014d}", "2027.11.3", "2027年12月1日",
                      "2020-03-01", 6800, "老家沭阳"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def resident() -> int:
    """Resident memory of this process now, in KB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def run(rows: int, url: str) -> None:
    """Import the list twice and print both speeds."""
    app = create_app(Config.read({"QJJ_MODE": "test", "DATABASE_URL": url, "LOG_LEVEL": "WARNING",
                                  "MEDIA_DIR": f"/tmp/bench-media-{uuid.uuid4().hex}"}))
    content = staff_list(rows)
    with app.app_context():
        upgrade()
        firm = factories.firm()
        clerk = factories.manager_of(firm)
        actor = Actor(clerk.id, clerk.id, Role.FIRM_MANAGER, firm.id)
        db.session.commit()
        peak, done = [resident()], threading.Event()
        threading.Thread(target=lambda: watch(peak, done), daemon=True).start()
        for name in ("first import", "same file again"):
            made = staffing.receive(firm=firm, actor=actor, filename="bench.xlsx", content=content)
            db.session.commit()
            started = time.perf_counter()
            staffing.run(import_id=made.id)
            db.session.commit()
            seconds = time.perf_counter() - started
            db.session.refresh(made)
            print(f"{name}: {rows} rows in {seconds:.2f} s, {rows / seconds:,.0f} rows/s; added {made.added}, "
                  f"unchanged {made.unchanged}, rejected {made.rejected}")
        done.set()
        print(f"peak memory: {max(peak) / 1024:.0f} MB")
        db.session.remove()
        db.engine.dispose()


def watch(peak: list[int], done: threading.Event) -> None:
    """Keep the most resident memory seen."""
    while not done.wait(0.02):
        peak.append(max(peak.pop(), resident()))


def main() -> None:
    """On a database made for it and dropped after it."""
    server = os.environ.get("BENCH_DATABASE_URL") or embedded.start(ROOT / "instance" / "bench-postgres").get_uri()
    name = f"bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        run(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
            str(sa.make_url(server).set(database=name).render_as_string(hide_password=False)))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
