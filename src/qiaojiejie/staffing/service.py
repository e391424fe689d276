"""Take a firm's own list in: keep the file, read it in a job, give the rejected rows back."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, jobs, sheets
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import checkpoint, db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.documents import service as documents
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import queries as media_queries, service as media
from qiaojiejie.messages import service as messages
from qiaojiejie.staffing import facts, queries, rules
from qiaojiejie.staffing.errors import ImportNotFinished, NoHeader, NoRows, reason
from qiaojiejie.staffing.models import StaffImport, StaffImportRow
from qiaojiejie.workers import facts as worker_facts, service as workers
from qiaojiejie.workers.errors import FirmNotOpen
from qiaojiejie.workers.models import Employment, Worker, WorkerService

BATCH = 500
JOB = "staffing.run_import"
#: what becomes of a row that is not taken
REFUSED = ("rejected", "elsewhere", "other_name")
REASON_TITLE = "未导入原因"
#: why someone left, when her firm's application was closed
CLOSED = "企业入驻申请已关闭"

Numbered = tuple[int, Sequence[Any]]


def receive(*, firm: Firm, actor: Actor, filename: str, content: bytes) -> StaffImport:
    """Keep a list and have it read in a job. Raises FirmNotOpen and ``core.sheets``' refusals of what is no list."""
    if not firm.takes_staff:
        raise FirmNotOpen()
    kept = media.store_bytes(actor=actor, kind="sheet", content=content, content_type=sheets.sniff(content))
    made = StaffImport(firm_id=firm.id, account_id=actor.account_id, filename=filename[:200], media_id=kept.id,
                       state="queued", total=0, done=0, added=0, updated=0, unchanged=0, rejected=0, refusal=None,
                       header=[], created_at=clock.now(), finished_at=None)
    db.session.add(made)
    db.session.flush()
    jobs.defer(JOB, import_id=str(made.id))
    return made


def run(*, import_id: UUID) -> None:
    """Read a kept list to its end, a batch a transaction. Run again after it was cut off, it goes on where it was."""
    made = queries.get(import_id, lock=True)
    if made.state in ("done", "refused"):
        return
    try:
        reader, rows = _open(made)
    except Refusal as refusal:
        _refuse(made, refusal)
        return
    made.state, made.total, made.header = "running", len(rows), list(reader.titles)
    read = ((row_no, cells, reader.read(row_no, cells)) for row_no, cells in rows)
    for _ in islice(read, made.done):  # read again, so that an ID number met before is known, but taken already
        pass
    while made.done < made.total:
        offset = made.done
        _take_batch(made, reader, list(islice(read, BATCH)))
        checkpoint()
        made = queries.get(import_id, lock=True)
        if made.done != min(offset + BATCH, made.total) or made.state != "running":
            return  # another run of this job has gone on with it
    _finish(made)


def _open(made: StaffImport) -> tuple[rules.Reader, list[Numbered]]:
    """The reader for a list, and the rows below its header."""
    rows = sheets.read(media.read(media_queries.get(made.media_id)))
    for _, cells in _top(rows):
        columns = rules.header(cells)
        if columns is not None:
            titles = [sheets.as_text(cell).strip() for cell in cells]
            while not titles[-1]:  # a sheet's formatted width is not the list's
                titles.pop()
            people = [(row_no, cells) for row_no, cells in rows if rules.is_person(cells, columns)]
            if not people:
                raise NoRows()
            offer = rules.offer_of(catalog.services(), catalog.by_alias(), catalog.regions())
            return rules.Reader(columns, titles, offer, clock.today()), people
    raise NoHeader()


def _top(rows: Iterator[Numbered]) -> Iterator[Numbered]:
    for row_no, cells in rows:
        if row_no > rules.HEADER_WITHIN:
            return
        yield row_no, cells


def _take_batch(made: StaffImport, reader: rules.Reader,
                batch: list[tuple[int, Sequence[Any], rules.Person]]) -> None:
    """Take the good rows of a batch, keep the others with their reasons, count both."""
    entries = [person.entry for _, _, person in batch if person.entry is not None]
    outcomes = workers.enrol(firm=firms.get(made.firm_id), by=f"account:{made.account_id}", entries=entries)
    papers = [{"worker_id": outcomes[person.entry.id_number][0], **paper} for _, _, person in batch
              if person.entry and outcomes[person.entry.id_number][1] not in REFUSED for paper in person.papers]
    grown = documents.record_many(account_id=made.account_id, papers=papers)
    counts: Counter[str] = Counter()
    rejected = []
    for row_no, cells, person in batch:
        worker_id, outcome = outcomes[person.entry.id_number] if person.entry else (None, "rejected")
        if outcome in REFUSED:
            reasons = person.reasons or [reason(outcome, "")]
            rejected.append({"import_id": made.id, "row_no": row_no, "reasons": reasons, "cells": json.dumps(
                reader.texts(cells), ensure_ascii=False)})
            outcome = "rejected"
        counts["updated" if outcome == "unchanged" and worker_id in grown else outcome] += 1
    if rejected:
        db.session.execute(sa.insert(StaffImportRow), rejected)
    touched = {worker_id for worker_id, outcome in outcomes.values() if outcome in ("added", "updated")} | grown
    documents.show_certificates(worker_ids=list(grown))
    workers.refresh_many(worker_ids=list(touched))
    for name, count in counts.items():
        setattr(made, name, getattr(made, name) + count)
    made.done += len(batch)


def _refuse(made: StaffImport, refusal: Refusal) -> None:
    made.state, made.refusal, made.finished_at = "refused", refusal.code, clock.now()
    chinese, english = refusal.message("zh"), refusal.message("en")
    messages.notify(account_id=made.account_id, kind="staff_import_refused", key=f"staff_import:{made.id}", data={
        "import": str(made.id), "reason_zh": chinese, "reason_en": english})


def _finish(made: StaffImport) -> None:
    counts = {name: getattr(made, name) for name in ("added", "updated", "unchanged", "rejected")}
    made.state, made.finished_at = "done", clock.now()
    ledger.append(facts.FINISHED, subject=f"firm:{made.firm_id}", actor=f"account:{made.account_id}",
                  data={"import": str(made.id), **counts}, key=f"staff_import:{made.id}")
    messages.notify(account_id=made.account_id, kind="staff_import_finished", data={"import": str(made.id), **counts},
                    key=f"staff_import:{made.id}")


def let_go(*, firm_id: UUID, by: str) -> None:
    """End everybody's time with a firm whose application was closed: each may join another firm from today on."""
    ended = db.session.execute(
        sa.update(Employment).where(Employment.firm_id == firm_id, Employment.left_on.is_(None))
        .values(left_on=sa.func.greatest(Employment.joined_on, clock.today()), left_because=CLOSED)
        .returning(Employment.worker_id, Employment.left_on)).all()
    gone = [each.worker_id for each in ended]
    db.session.execute(sa.update(Worker).where(Worker.firm_id == firm_id).values(firm_id=None, note=""))
    db.session.execute(sa.update(WorkerService).where(WorkerService.worker_id.in_(gone)).values(provisional=True))
    workers.refresh_many(worker_ids=gone)
    ledger.append_many(worker_facts.LEFT, actor=by, about=[
        (f"worker:{each.worker_id}", {"firm": str(firm_id), "left_on": each.left_on.isoformat()}) for each in ended])


def rejected_sheet(*, made: StaffImport) -> bytes:
    """The rejected rows as .xlsx under the file's own header, the reasons in a last column that an import ignores.

    Raises ImportNotFinished.
    """
    if made.state != "done":
        raise ImportNotFinished()
    width = len(made.header)
    rows = [[*made.header, REASON_TITLE]]
    for row in queries.all_rows(made.id):
        cells = (json.loads(row.cells.reveal()) + [""] * width)[:width]
        rows.append([*cells, "；".join(f"{each['column']}：{each['message_zh']}" if each["column"] else each["message_zh"]
                                      for each in row.reasons)])
    return sheets.write("待修改", rows)
