"""Rows a second and peak memory of a staff import: lists of invented people, the first of them once more.

In a process of its own, for its memory: ``measure`` starts one that prints what it found.
"""

import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from stdnum.cn import ric

from benchmarks.ground import ROOT, Maker, Measured, app_on, environment, resident
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.staffing import service as staffing
from tests import factories

HEADER = ["序号", "姓名", "性别", "身份证号码", "联系电话", "工种", "证书名称及等级", "证书编号", "健康证有效期至", "保险到期日", "入职时间",
          "期望工资（元）", "备注"]


def measure(new_database: Maker, *, rows: int, rounds: int) -> Measured:
    """Rows a second of new people, of the same again; peak memory in MB."""
    command = [sys.executable, "-m", "benchmarks.staff_import", new_database(), str(rows), str(rounds)]
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT,
                              env=environment({"MEDIA_DIR": folder})).stdout
    found: Measured = json.loads(told.splitlines()[-1])
    return found


def staff_list(rows: int, first: int) -> bytes:
    """A firm's list of so many invented people, numbered from ``first``."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.append(["某某家政员工花名册"])
    sheet.append(HEADER)
    for number in range(first, first + rows):
        body = f"32130{'2' if number % 2 else '3'}19{60 + number % 40:02d}{1 + number // 40 % 12:02d}" \
               f"{1 + number // 480 % 28:02d}{number // 13_440:02d}0"
        sheet.append([number + 1, "王秀英", "女", body + ric.calc_check_digit(body + "0"), f"139{number:08d}",
                      "月嫂、育婴" if number % 3 else "保洁", "家政服务员四级", f"S{number:014d}", "2027.11.3", "2027年12月1日",
                      "2020-03-01", 6800, "老家沭阳"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def run(database_url: str, rows: int, rounds: int) -> Measured:
    """Each round a firm of its own, with people of its own."""
    found: Measured = {"import rows": [], "rows/s: the same staff list again": []}
    lists = [staff_list(rows, number * rows) for number in range(rounds)]
    peak, done = [resident(os.getpid())], threading.Event()
    with app_on(database_url) as app, app.app_context():
        gc.freeze()  # as wsgi.py does
        threading.Thread(target=lambda: _watch(peak, done), daemon=True).start()
        for content in lists:
            firm = factories.firm()
            clerk = factories.manager_of(firm)
            actor = Actor(clerk.id, clerk.id, Role.FIRM_MANAGER, firm.id)
            db.session.commit()
            for name in list(found)[:1 if found["import rows"] else 2]:
                made = staffing.receive(firm=firm, actor=actor, filename="bench.xlsx", content=content)
                db.session.commit()
                begun = time.perf_counter()
                staffing.run(import_id=made.id)
                db.session.commit()
                found[name].append(rows / (time.perf_counter() - begun))
                db.session.refresh(made)
                if rows not in (made.added, made.unchanged):
                    raise ValueError(f"added {made.added}, unchanged {made.unchanged}, rejected {made.rejected}")
        done.set()
    return {**found, "import memory": peak}


def _watch(peak: list[float], done: threading.Event) -> None:
    """Keep the most resident memory seen."""
    while not done.wait(0.02):
        peak[0] = max(peak[0], resident(os.getpid()))


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
