"""Invented people and firms, written straight into their tables, so that a test starts from the state it speaks of."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask_jwt_extended import create_access_token
from sqlalchemy.dialects.postgresql import Range
from stdnum.cn import ric, uscc

from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.rules import cancelling
from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import service as calendars
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address, Household, Member
from qiaojiejie.identity.models import Account, Membership, Session
from qiaojiejie.stations.models import Station
from qiaojiejie.ledger import service as ledger
from qiaojiejie.workers.models import Employment, Worker, WorkerService

_numbers = count(1)
CELL = 0x8830E1D8C9FFFFF  # any H3 cell of resolution 8 will do; tests about distance make their own


def id_number(born: date = date(1980, 5, 6), district: str = "321302", female: bool = True) -> str:
    """An invented ID number (order code 000 or 999) with a valid check digit; unique within a run per birthday."""
    body = f"{district}{born:%Y%m%d}" + ("000" if female else "999")
    return body + ric.calc_check_digit(body + "0")


def _unused_id_number() -> str:
    """Of an adult born from 1970 on, in counties the sample city takes nobody from."""
    turn, day = divmod(next(_numbers), 9000)
    return id_number(date(1970, 1, 1) + timedelta(days=day), district=f"{650100 + turn}")


def firm_code(number: int | None = None) -> str:
    """An invented USCC in region 999999 with a valid check digit."""
    body = f"92999999MA{next(_numbers) if number is None else number:07d}"
    return body + uscc.calc_check_digit(body)


def phone() -> str:
    """An unused mobile number."""
    return f"137{next(_numbers):08d}"


def account(number: str | None = None, name: str | None = None) -> Account:
    """An account that can sign in."""
    number = number or phone()
    made = Account(phone=number, phone_index=blind("phone", number), name=name, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def member(role: Role, org_id: UUID | None = None, who: Account | None = None) -> Account:
    """An account (new, or ``who``) in a role."""
    who = who or account()
    db.session.add(Membership(account_id=who.id, role=role, org_id=org_id, since=clock.now()))
    db.session.flush()
    return who


def headers(who: Account, role: Role | None = None, org_id: UUID | None = None,
            key: str | None = None) -> dict[str, str]:
    """Request headers of a signed-in account, acting in a role where it has several."""
    session = Session(account_id=who.id, device="test", created_at=clock.now(), used_at=clock.now(),
                      expires_at=datetime.now(UTC) + timedelta(days=30))
    db.session.add(session)
    db.session.flush()
    token = create_access_token(str(who.id), additional_claims={"sid": str(session.id)})
    made = {"Authorization": f"Bearer {token}"}
    if role:
        made["X-Acting-As"] = f"{role}:{org_id}" if org_id else str(role)
    if key:
        made["Idempotency-Key"] = key
    return made


def household() -> Household:
    """A family with an account that may act as household."""
    who = member(Role.HOUSEHOLD)
    made = Household(account_id=who.id, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def address(of: Household, district: str = "321302", **fields: Any) -> Address:
    """An address of a family."""
    made = Address(**{
        "household_id": of.id, "label": "家", "region_code": district, "cell": CELL, "detail": "幸福路 1 号 2 单元 301",
        "place": "118.2755,33.9631", "contact_name": "王小明", "contact_phone": "13700009999",
        "created_at": clock.now(), **fields})
    db.session.add(made)
    db.session.flush()
    return made


def member_of(of: Household, **fields: Any) -> Member:
    """A parent of 78 who needs some care."""
    made = Member(**{"household_id": of.id, "name": "王桂兰", "birth_year": clock.today().year - 78, "relation": "parent",
                     "needs": "semi_dependent,chronic", "created_at": clock.now(), **fields})
    db.session.add(made)
    db.session.flush()
    return made


def firm(state: str = "on_platform", **fields: Any) -> Firm:
    """A firm, on the platform unless said otherwise; ``manager_of`` gives someone who runs it."""
    made = Firm(**{
        "uscc": firm_code(), "name": "宿迁测试家政有限公司", "mode": "employs", "state": state,
        "legal_representative": "李建国", "phone": "0527-80000000", "address": "宿城区", "region_codes": ["321302"],
        "licence_valid_until": date(2035, 1, 1), "outlets": 1, "description": "", "applied_by": account().id,
        "applied_at": clock.now(), **fields})
    db.session.add(made)
    db.session.flush()
    return made


def station(name: str = "幸福社区工作站", lng: float = 118.2735, lat: float = 33.9391, **fields: Any) -> Station:
    """A community station, open since March 2021."""
    made = Station(**{
        "name": name, "community": "幸福社区", "region_code": "321302", "address": "幸福路 8 号", "lng": lng, "lat": lat,
        "hours": "周一至周六 8:30–17:30", "floors": [{"floor": 1, "functions": ["咨询接待", "妇女微家"]}],
        "association": "宿迁市家庭服务业协会", "opened_on": date(2021, 3, 8), **fields})
    db.session.add(made)
    db.session.flush()
    return made


def manager_of(of: Firm) -> Account:
    """An account that manages a firm."""
    return member(Role.FIRM_MANAGER, of.id)


def worker(of: Firm | None = None, services: dict[str, int] | None = None, born: date | None = None,
           **fields: Any) -> Worker:
    """A worker of a firm with every paper in date, on no list yet (``workers.service.refresh`` lists her).

    ``services``: code → wage in fen per unit.
    """
    of = of or firm()
    number = fields.pop("id_number", None) or (id_number(born) if born else _unused_id_number())
    mobile = fields.pop("phone", None) or phone()
    far = clock.today() + timedelta(days=300)
    made = Worker(**{
        "firm_id": of.id, "name": "王秀英", "called": "王阿姨", "phone": mobile, "phone_index": blind("phone", mobile),
        "id_number": number, "id_index": blind("id_number", number), "sex": "female", "birth_year": int(number[6:10]),
        "native_place": "江苏沭阳", "district": "321302", "cell": CELL, "working_since": 2018, "live_in": False,
        "bio": "", "note": "", "identity_verified_on": date(2026, 1, 1), "health_until": far, "insured_until": far,
        "insured_class": 4, "background_until": far, "score": 712, "grade": "B", "rating_sum": 0, "rating_count": 0,
        "completed_count": 0, "listed": True, "card": {}, "search": "", "created_at": clock.now(),
        "updated_at": clock.now(), **fields})
    db.session.add(made)
    db.session.flush()
    db.session.add(Employment(worker_id=made.id, firm_id=of.id, joined_on=date(2024, 1, 1)))
    for code, price in (services or {"cleaning": 4000}).items():
        db.session.add(WorkerService(worker_id=made.id, service_code=code, price_fen=price))
    db.session.flush()
    return made


def document(of: Worker, kind: str = "health", state: str = "recorded", **fields: Any) -> WorkerDocument:
    """A paper in a worker's file."""
    by = account()
    made = WorkerDocument(**{
        "worker_id": of.id, "kind": kind, "state": state, "title": kind, "issuer": "宿迁市疾控中心",
        "valid_until": clock.today() + timedelta(days=200), "recorded_by": by.id, "recorded_at": clock.now(),
        "reviewed_by": by.id if state in ("verified", "rejected") else None, **fields})
    db.session.add(made)
    db.session.flush()
    return made


def working(who: Worker, starts: int = 8 * 60, ends: int = 20 * 60) -> Worker:
    """The same worker, at work from 08:00 to 20:00 on every weekday."""
    calendars.set_hours(worker_no=who.no, hours=[(weekday, starts, ends) for weekday in range(1, 8)])
    return who


def worker_with_account(**fields: Any) -> Worker:
    """A worker who signs in herself, with weekly hours."""
    return working(worker(account_id=member(Role.WORKER).id, **fields))


def tomorrow(hour: int = 10, minute: int = 0, days: int = 1) -> datetime:
    """A time of tomorrow (or of a day further on) in Suqian."""
    return clock.midnight(clock.today() + timedelta(days=days)) + timedelta(hours=hour, minutes=minute)


def quote(of: Household | None = None, by: Worker | None = None, start: datetime | None = None, minutes: int = 180,
          **fields: Any) -> Quote:
    """A quote of 138 yuan for three hours of cleaning tomorrow at ten, good for a quarter of an hour."""
    of, by, start = of or household(), by or worker_with_account(), start or tomorrow()
    made = Quote(**{
        "household_id": of.id, "worker_id": by.id, "firm_id": by.firm_id, "service_code": "cleaning",
        "address_id": address(of).id, "during": Range(start, start + timedelta(minutes=minutes)),
        "lines": [{"line": "wage", "name": "服务人员劳务费", "amount": 12000},
                  {"line": "firm_fee", "name": "企业服务费", "amount": 1800}],
        "policy": cancelling.frozen(catalog.policy(clock.today())), "total_fen": 13800,
        "created_at": clock.now(), "expires_at": clock.now() + booking_rules.QUOTE_GOOD_FOR, **fields})
    db.session.add(made)
    db.session.flush()
    return made


def booking(state: str = "confirmed", of: Household | None = None, by: Worker | None = None,
            start: datetime | None = None, minutes: int = 180, **fields: Any) -> Booking:
    """A booking in a state, paid two hours ago once it is past being held; her time is engaged while it is live."""
    given = quote(of, by, start, minutes)
    paid = None if state in ("held", "asked", "expired") else clock.now() - timedelta(hours=2)
    asked = {"answer_minutes": 120, "answer_by": clock.now() + timedelta(hours=2), "paid_fen": given.total_fen
             } if state == "asked" else {}
    begun = given.start if state in ("under_way", "served", "completed") else None
    over = given.end if state in ("served", "completed") else None
    made = Booking(**{
        "quote_id": given.id, "household_id": given.household_id, "worker_id": given.worker_id,
        "firm_id": given.firm_id, "service_code": given.service_code, "address_id": given.address_id,
        "during": given.during, "state": state, "lines": given.lines, "policy": given.policy,
        "total_fen": given.total_fen, "refund_fen": 0, "days": given.days, "plan": given.plan,
        "paid_fen": fields.get("total_fen", given.total_fen) if fields.get("confirmed_at", paid) else 0,
        "door_code": "4821", "door_tries": 0, "complaint_open": False,
        "created_at": clock.now(), "expires_at": clock.now() + booking_rules.HELD_FOR, "confirmed_at": paid,
        "started_at": begun, "ended_at": over, "closed_at": over if state == "completed" else None, **asked, **fields})
    db.session.add(made)
    db.session.flush()
    if state in LIVE:
        calendars.engage(worker_no=made.worker.no, during=made.during, ref=made.ref, cell=made.address.cell)
    db.session.expire(made)
    return made


def cause(fact: str = "booking.refund_granted") -> int:
    """An entry of the ledger that may owe somebody money."""
    entry_id = ledger.append(fact, subject="test:money", actor=ledger.SYSTEM)
    assert entry_id is not None
    return entry_id
