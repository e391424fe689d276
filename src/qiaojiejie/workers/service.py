"""Change workers: who is on whose staff, what she offers, what was learned of her; and render what families see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import queries as catalog, rules as catalog_rules
from qiaojiejie.core import bulk, clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity import service as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers import facts, queries, rules
from qiaojiejie.workers.errors import (
    AlreadyOnStaff, FirmNotOpen, LeftBeforeJoining, NameDiffers, OfferedTwice, WorkerElsewhere)
from qiaojiejie.workers.models import Employment, Worker, WorkerService
from qiaojiejie.workers.rules import Entry, Wage

AT_ONCE = 1_000

_RENDER = sa.text("""
    UPDATE worker SET card = d.card, listed = d.listed, search = d.search, card_on = :day
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d(id uuid, card jsonb, listed boolean, search tsvector)
    WHERE worker.id = d.id""")

_UNSKILL = sa.text("""
    DELETE FROM worker_skill skill USING worker
    WHERE worker.id = ANY(CAST(:ids AS uuid[])) AND skill.worker_no = worker.no AND (NOT worker.listed OR NOT EXISTS (
    SELECT FROM worker_service offer WHERE offer.worker_id = worker.id AND offer.service_code = skill.service_code))""")

#: who has not said since when she works comes last by experience
_SKILL = sa.text("""
    INSERT INTO worker_skill AS old (worker_no, service_code, district, cell, score, grade_rank, price_fen,
                                     working_since, firm_id, live_in, papers_until)
    SELECT no, offer.service_code, district, cell, score, array_position(CAST(:grades AS text[]), grade) - 1,
           offer.price_fen, coalesce(working_since, 9999), firm_id, live_in, d.until
    FROM jsonb_to_recordset(CAST(:papers AS jsonb)) AS d(worker uuid, service text, until date)
    JOIN worker ON worker.id = d.worker
    JOIN worker_service offer ON offer.worker_id = d.worker AND offer.service_code = d.service
    WHERE worker.listed
    ON CONFLICT (worker_no, service_code) DO UPDATE
    SET district = excluded.district, cell = excluded.cell, score = excluded.score, grade_rank = excluded.grade_rank,
        price_fen = excluded.price_fen, working_since = excluded.working_since, firm_id = excluded.firm_id,
        live_in = excluded.live_in, papers_until = excluded.papers_until
    WHERE old IS DISTINCT FROM excluded""")


def refresh(*, worker: Worker) -> None:
    """Render a worker's card, search text, listing and skills again from what is known of her now."""
    db.session.flush()
    refresh_many(worker_ids=[worker.id])
    db.session.expire(worker, ["card", "search", "listed", "card_on"])


def refresh_many(*, worker_ids: Sequence[UUID]) -> None:
    """``refresh`` for many, in five statements a thousand."""
    ids = iter(sorted(set(worker_ids)))
    while batch := list(islice(ids, AT_ONCE)):
        papers = _render(batch)
        db.session.execute(_UNSKILL, {"ids": batch})
        db.session.execute(_SKILL, {"papers": json.dumps(papers), "grades": list(rules.GRADES)})


def _render(worker_ids: list[UUID]) -> list[dict[str, str]]:
    """Cards and listing; until when each worker's papers suffice for each of her services."""
    today = clock.today()
    workers, offered = queries.for_cards(worker_ids)
    rows = [{"id": str(worker.id), "card": rules.card(worker, offered[worker.id], today),
             "listed": rules.listed(worker, offered[worker.id]), "search": rules.search_text(
                 called=worker.called, services=[row.name for row in offered[worker.id]],
                 places=[place for place in (worker.native_place, worker.firm_name, worker.district_name) if place],
                 bio=worker.bio)} for worker in workers]
    db.session.execute(_RENDER, {"day": today, "rows": json.dumps(rows, ensure_ascii=False)})
    return [{"worker": str(her.id), "service": it.service_code, "until": rules.eligible_until(her, it).isoformat()}
            for her in workers for it in offered[her.id]]


def grade(*, worker_id: UUID, score: int, grade: str) -> None:
    """Take over a standing computed above; her card and skills follow."""
    grade_many(standings=[{"id": worker_id, "score": score, "grade": grade}])
    db.session.expire(queries.get(worker_id))


def grade_many(*, standings: Sequence[Mapping[str, Any]]) -> None:
    """``grade`` for many, in id order: {id, score, grade}. What the session holds of them is stale afterwards."""
    db.session.execute(sa.update(Worker), standings)
    refresh_many(worker_ids=[standing["id"] for standing in standings])


def rate(*, worker_id: UUID, overall: int) -> None:
    """Count one published rating of 1 to 5."""
    worker = queries.get(worker_id, lock=True)
    worker.rating_sum, worker.rating_count = worker.rating_sum + overall, worker.rating_count + 1
    refresh(worker=worker)


def count_completed(*, worker_id: UUID) -> None:
    """Count one completed booking."""
    worker = queries.get(worker_id, lock=True)
    worker.completed_count += 1
    refresh(worker=worker)


def admit(*, firm: Firm, actor: Actor, entry: Entry) -> Worker:
    """Put one person on a firm's staff: a new file, or hers when she was with another firm before.

    Raises UnknownRegion, FirmNotOpen, AlreadyOnStaff, WorkerElsewhere, NameDiffers.
    """
    if entry.district:
        catalog.region(entry.district)
    if not firm.takes_staff:
        raise FirmNotOpen()
    worker_id, outcome = enrol(firm=firm, by=actor.ref, entries=[entry])[entry.id_number]
    if outcome != "added":
        raise {"elsewhere": WorkerElsewhere, "other_name": NameDiffers}.get(outcome, AlreadyOnStaff)()
    refresh_many(worker_ids=[worker_id])
    return queries.get(worker_id)


def enrol(*, firm: Firm, by: str, entries: Sequence[Entry]) -> dict[str, tuple[UUID, str]]:
    """Put many people (each ID number once) on a firm's staff, and bring what is known of those on it up to date.

    ID number → (worker's id, ``added`` | ``updated`` | ``unchanged`` | ``elsewhere`` | ``other_name``: on file under
    another name, nothing changed). A bounded number of statements; the caller then renders those added or updated.
    """
    said = {blind("id_number", entry.id_number): entry for entry in entries}
    known = queries.known(said)
    accounts = _accounts([
        entry.phone for key, entry in said.items() if key not in known or
        known[key].firm_id in (None, firm.id) and known[key].phone.reveal() != entry.phone])
    offered_accounts = set(accounts.values())
    added = _open(firm, {key: entry for key, entry in said.items() if key not in known}, accounts)
    known |= queries.known(said.keys() - known.keys() - added.keys())  # another firm's import was first
    other = {key: known.pop(key).id for key, worker in list(known.items()) if worker.name.reveal() != said[key].name}
    returned = {key: worker for key, worker in known.items() if worker.firm_id is None}
    for worker in returned.values():
        worker.firm_id = firm.id
    joined = added | {key: worker.id for key, worker in returned.items()}
    _employ(firm, {worker_id: said[key].joined_on for key, worker_id in joined.items()}, by)
    mine = {key: worker for key, worker in known.items() if worker.firm_id == firm.id}
    changed = _amend(mine, said, accounts, by)
    identity.grant_many(account_ids=offered_accounts - set(accounts.values()), role=Role.WORKER, by=by)
    ledger.append_many(facts.CHANGED, actor=by, about=[
        (f"worker:{mine[key].id}", {"fields": names}) for key, names in changed.items() if names and key not in joined])
    db.session.flush()
    outcomes = {key: (worker.id, "updated" if changed.get(key) else "unchanged" if key in mine else "elsewhere")
                for key, worker in known.items()} | {key: (worker_id, "added") for key, worker_id in joined.items()} \
        | {key: (worker_id, "other_name") for key, worker_id in other.items()}
    return {said[key].id_number: outcome for key, outcome in outcomes.items()}


def _accounts(phones: Sequence[str]) -> dict[str, UUID]:
    """The account of each phone that is no worker's yet: who signs in with it acts as the worker it is taken for."""
    accounts = identity.accounts_for(phones=set(phones))
    taken = queries.with_account(accounts.values())
    return {phone: account_id for phone, account_id in accounts.items() if account_id not in taken}


def _open(firm: Firm, said: Mapping[bytes, Entry], accounts: dict[str, UUID]) -> dict[bytes, UUID]:
    """Files for people who have none; key → id of those opened here. Takes their accounts out of ``accounts``."""
    cells = {region.code: catalog_rules.cell(region.lng, region.lat) for region in catalog.regions()}
    moment, rows = clock.now(), []
    for key, entry in sorted(said.items()):
        district = entry.district or firm.region_codes[0]
        rows.append({**rules.NEW, "id": ids.new(), "firm_id": firm.id, "id_index": key, "district": district,
                     "cell": cells[district], "phone_index": blind("phone", entry.phone), "created_at": moment,
                     "updated_at": moment, "account_id": accounts.pop(entry.phone, None), **entry.told(),
                     **entry.said()})
    opened = {row.id_index: row.id for row in bulk.insert(Worker, rows, returning=["id", "id_index"],
                                                          skip_conflicts=True)}
    offers = [{"worker_id": worker_id, "service_code": code, "price_fen": wage.price_fen,
               "provisional": wage.provisional}
              for key, worker_id in opened.items() for code, wage in (said[key].wages or {}).items()]
    bulk.insert(WorkerService, offers)
    return opened


def _employ(firm: Firm, joining: Mapping[UUID, date | None], by: str) -> None:
    """Open employments; that a worker has one at most is the database's to say."""
    bulk.insert(Employment, [
        {"id": ids.new(), "worker_id": worker_id, "firm_id": firm.id, "joined_on": joined_on or clock.today()}
        for worker_id, joined_on in joining.items()])
    ledger.append_many(facts.JOINED, actor=by, about=[(f"worker:{each}", {"firm": str(firm.id)}) for each in joining])


def _amend(workers: Mapping[bytes, Worker], said: Mapping[bytes, Entry],
           accounts: dict[str, UUID], by: str) -> dict[bytes, list[str]]:
    """Bring workers up to what is said of them; key → names of what changed."""
    worker_ids = [worker.id for worker in workers.values()]
    offered, employed = queries.services_of(worker_ids), queries.employments(worker_ids)
    changed: dict[bytes, list[str]] = {}
    for key, worker in workers.items():
        entry = said[key]
        names = _update(worker, entry.said(), accounts, by)
        if entry.wages is not None and _price(worker, offered[worker.id], entry.wages):
            names.append("services")
        if entry.joined_on not in (None, employed[worker.id].joined_on):
            employed[worker.id].joined_on = entry.joined_on
            names.append("joined_on")
        changed[key] = names
    return changed


def _update(worker: Worker, columns: Mapping[str, Any], accounts: dict[str, UUID], by: str) -> list[str]:
    """Set columns to their new values; the names of those that differed."""
    names = [name for name, value in columns.items()
             if value != (getattr(worker, name).reveal() if name in ("name", "phone") else getattr(worker, name))]
    for name in names:
        setattr(worker, name, columns[name])
    if "name" in names:
        worker.called = rules.called(columns["name"], worker.sex)
    if "phone" in names:
        if worker.account_id is not None:
            identity.end_role(account_id=worker.account_id, role=Role.WORKER, org_id=None, by=by)
        worker.phone_index = blind("phone", columns["phone"])
        worker.account_id = accounts.pop(columns["phone"], None)
    if names:
        worker.updated_at = clock.now()
    return names


def _price(worker: Worker, offered: Iterable[WorkerService], wages: Mapping[str, Wage]) -> bool:
    """Make what she offers the services in ``wages``. A usual wage never replaces one the firm has set."""
    present, differs = {row.service_code: row for row in offered}, False
    for code in present.keys() - wages.keys():
        db.session.delete(present[code])
        differs = True
    for code, wage in wages.items():
        row = present.get(code)
        if row is None:
            db.session.add(WorkerService(worker_id=worker.id, service_code=code, price_fen=wage.price_fen,
                                         provisional=wage.provisional))
            differs = True
        elif not wage.provisional and (row.price_fen, row.provisional) != (wage.price_fen, False):
            row.price_fen, row.provisional, differs = wage.price_fen, False, True
    return differs


def change(*, worker: Worker, actor: Actor, **columns: Any) -> Worker:
    """Change columns of her file (name, phone, native_place, district, cell, working_since, live_in, bio, note,
    photo_id); a new district without a cell puts her at its centre. Raises UnknownRegion, PhotoNotYours."""
    if columns.get("photo_id"):
        queries.require_photo(worker.firm_id, columns["photo_id"])
    if "district" in columns and "cell" not in columns:
        region = catalog.region(columns["district"])
        columns["cell"] = catalog_rules.cell(region.lng, region.lat)
    moved = "phone" in columns and columns["phone"] != worker.phone.reveal()
    accounts = _accounts([columns["phone"]]) if moved else {}
    offered = set(accounts.values())
    names = _update(worker, columns, accounts, actor.ref)
    if names:
        identity.grant_many(account_ids=offered - set(accounts.values()), role=Role.WORKER, by=actor.ref)
        _tell(worker, actor, names)
    return worker


def offer(*, worker: Worker, actor: Actor, services: Sequence[Mapping[str, Any]]) -> Worker:
    """Make these all she offers: [{service_code, price_fen}]. Raises UnknownService, OfferedTwice."""
    wages: dict[str, Wage] = {}
    for row in services:
        code = catalog.service(row["service_code"]).code
        if code in wages:
            raise OfferedTwice(service=code)
        wages[code] = Wage(row["price_fen"])
    if _price(worker, queries.services_of([worker.id])[worker.id], wages):
        _tell(worker, actor, ["services"])
    return worker


def _tell(worker: Worker, actor: Actor, names: list[str]) -> None:
    refresh(worker=worker)
    ledger.append(facts.CHANGED, subject=f"worker:{worker.id}", actor=actor.ref, data={"fields": names})


def leave(*, worker: Worker, actor: Actor, left_on: date, reason: str) -> Worker:
    """End her time with a firm: its note goes, its wages are provisional from now on. Raises LeftBeforeJoining."""
    employed, firm_id = queries.employments([worker.id])[worker.id], worker.firm_id
    if not employed.joined_on <= left_on <= clock.today():
        raise LeftBeforeJoining(joined_on=employed.joined_on)
    employed.left_on, employed.left_because, worker.firm_id, worker.note = left_on, reason, None, ""
    for row in queries.services_of([worker.id])[worker.id]:
        row.provisional = True
    refresh(worker=worker)
    ledger.append(facts.LEFT, subject=f"worker:{worker.id}", actor=actor.ref,
                  data={"firm": str(firm_id), "left_on": left_on.isoformat()})
    return worker


def unmask(*, worker: Worker, actor: Actor, fields: Sequence[str], reason: str) -> dict[str, str]:
    """The plain values of name, phone or id_number; each leaves a look."""
    for field in fields:
        identity.look(actor=actor, subject=f"worker:{worker.id}", field=field, reason=reason)
    return {field: getattr(worker, field).reveal() for field in fields}
