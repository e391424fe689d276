"""Publish the figures of the periods that ended, correct them by further editions, print them."""

import json
from functools import lru_cache
from hashlib import sha256

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.publications import facts, queries, rules
from qiaojiejie.publications.errors import NothingToCorrect
from qiaojiejie.publications.models import Publication
from qiaojiejie.transparency.rules import canonical

#: periods published in one go
AT_ONCE = 3


def publish_due() -> int:
    """Publish periods that ended and settled and were not published, a few at a time; how many were."""
    missing = queries.missing(clock.today(), AT_ONCE)
    return sum(publish(period=period) is not None for period in missing)


def publish(*, period: rules.Period) -> Publication | None:
    """Publish a period's first edition; None when somebody else did already."""
    return _keep(period=period, edition=1, body=_told(period, edition=1, reason=None))


def correct(*, actor: Actor, kind: str, period: str, reason: str) -> Publication:
    """Count a published period again, as everything is known now, and publish it as a further edition.

    Raises PublicationNotFound, NothingToCorrect.
    """
    before = queries.get(kind, period)
    asked = queries.period(kind, period)
    body = _told(asked, edition=before.edition + 1, reason=reason)
    if _figures(body) == _figures(before.body.encode()):
        raise NothingToCorrect()
    made = _keep(period=asked, edition=before.edition + 1, body=body, reason=reason, by=actor)
    if made is None:  # two corrected it at once: what the other wrote is as new
        raise NothingToCorrect()
    return made


def _told(period: rules.Period, *, edition: int, reason: str | None) -> bytes:
    known_until = clock.midnight(period.known_until) if edition == 1 else clock.now()
    return canonical({
        "kind": period.kind, "period": period.name, "edition": edition, "reason": reason,
        "from": period.first.isoformat(), "to": period.last.isoformat(),
        "known_until": clock.local(known_until).isoformat(timespec="seconds"),
        "definitions": {name: {"zh": zh, "en": en} for name, (zh, en) in rules.DEFINITIONS.items()},
        **queries.count(period, known_until)})


def _figures(body: bytes) -> dict[str, object]:
    return {name: value for name, value in json.loads(body).items()
            if name not in ("edition", "reason", "known_until", "definitions")}


def _keep(*, period: rules.Period, edition: int, body: bytes, reason: str | None = None,
          by: Actor | None = None) -> Publication | None:
    digest, made_id = sha256(body).hexdigest(), ids.new()
    stmt = insert(Publication).values(
        id=made_id, kind=period.kind, period=period.name, from_day=period.first, to_day=period.last, edition=edition,
        body=body.decode(), sha256=digest, reason=reason, published_by=by and by.account_id, published_at=clock.now())
    stmt = stmt.on_conflict_do_nothing(index_elements=["kind", "period", "edition"])
    if db.session.execute(stmt.returning(Publication.id)).scalar_one_or_none() is None:
        return None
    ledger.append(facts.PUBLISHED, subject=f"publication:{period.kind}:{period.name}",
                  actor=by.ref if by else ledger.SYSTEM,
                  data={"kind": period.kind, "period": period.name, "edition": edition, "sha256": digest})
    return queries.get(period.kind, period.name, edition)


def workbook(*, kind: str, period: str, edition: int | None = None) -> bytes:
    """An edition as .xlsx. Raises PublicationNotFound."""
    found = queries.get(kind, period, edition)
    return _printed("xlsx", found.body, found.sha256)


def paper(*, kind: str, period: str, edition: int | None = None) -> bytes:
    """An edition as PDF. Raises PublicationNotFound."""
    found = queries.get(kind, period, edition)
    return _printed("pdf", found.body, found.sha256)


@lru_cache(maxsize=32)
def _printed(form: str, body: str, digest: str) -> bytes:
    """The bytes of an edition, which never change: worked out once while it is asked for."""
    from qiaojiejie.publications.rules import paper as on_paper, workbook

    return (workbook.xlsx if form == "xlsx" else on_paper.pdf)(json.loads(body), sha256=digest)
