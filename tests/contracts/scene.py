"""A family that engaged a nurse for days, and everybody's hands on its contract."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.models import Booking
from qiaojiejie.booking.rules import days
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories

NAME, ID_NUMBER, CODE = "司徒明远", factories.id_number(date(1988, 3, 4), female=False), "000000"
#: 500 yuan a day for 26 days, 15 % for the firm, 2 yuan of insurance, 2 % for the platform
LINES = [{"line": "wage", "name": "服务人员劳务费", "amount": 1_300_000},
         {"line": "firm_fee", "name": "企业服务费", "amount": 195_000},
         {"line": "insurance", "name": "保险费", "amount": 200},
         {"line": "platform_fee", "name": "平台服务费", "amount": 26_000}]
TOTAL = 1_521_200
CERTIFICATES = [{"title": "母婴护理员四级", "occupation": "maternity_carer", "level": 4, "verified": True,
                 "valid_until": "2030-05-01"}]


class Signing:
    """Everybody's hands on the contract of an engagement by days; mixed into one."""

    client: Any
    booking: Any
    family: dict[str, str]
    nurse: dict[str, str]
    manager: dict[str, str]

    def call(self, method: str, path: str, who: dict[str, str], body: Any = None) -> Any:
        """One request."""
        return self.client.open(f"/api/v1{path}", method=method, headers=who, json=body)

    def identify(self, **changes: Any) -> Any:
        """The family gives its name and ID number."""
        return self.call("PUT", "/me/contract-identity", self.family,
                         {"name": NAME, "id_number": ID_NUMBER, "consent": True, **changes})

    def draft(self, who: dict[str, str] | None = None) -> Any:
        """Somebody has it drafted, the family unless it is said."""
        return self.call("POST", f"/bookings/{self.booking.id}/contracts", who or self.family)

    def drafted(self) -> Any:
        """The contract, once the family said who it is."""
        assert self.identify().status_code == 200
        made = self.draft()
        assert made.status_code == 201, made.json
        return made.json

    def code(self, contract: Any, who: dict[str, str]) -> Any:
        """Ask for the code to sign with."""
        return self.call("POST", f"/contracts/{contract['contract']['id']}/signing-codes", who)

    def give(self, contract: Any, who: dict[str, str], code: str = CODE, **changes: Any) -> Any:
        """Give a code."""
        return self.call("POST", f"/contracts/{contract['contract']['id']}/signatures", who,
                         {"code": code, "sha256": contract["contract"]["sha256"], **changes})

    def sign(self, contract: Any, who: dict[str, str]) -> Any:
        """Ask for the code and give it."""
        assert self.code(contract, who).status_code == 202
        return self.give(contract, who)

    def signed(self, contract: Any, sides: Sequence[dict[str, str]] = ()) -> Any:
        """Signed by all sides."""
        for who in sides or (self.family, self.manager):
            answer = self.sign(contract, who)
            assert answer.status_code == 201, answer.json
        return answer.json

    def paper(self, contract: Any, who: dict[str, str] | None = None) -> bytes:
        """The PDF; its hash is the one that is shown."""
        answer = self.call("GET", f"/contracts/{contract['contract']['id']}/paper", who or self.family)
        assert answer.status_code == 200, answer.json
        assert sha256(answer.data).hexdigest() == contract["contract"]["sha256"]
        return bytes(answer.data)

    def states(self) -> list[str]:
        """The versions' states, oldest first."""
        return list(db.session.execute(sa.text(
            "SELECT state FROM contract WHERE booking_id = :id ORDER BY version"), {"id": self.booking.id}).scalars())

    def facts(self) -> list[str]:
        """What the ledger says of the contract."""
        return list(db.session.execute(sa.text(
            "SELECT fact FROM ledger_entry WHERE subject = :of AND fact LIKE 'contract.%' ORDER BY id"),
            {"of": self.booking.ref}).scalars())


class Scene(Signing):
    """A confirmed engagement of 26 days that begins in ten."""

    def __init__(self, client: FlaskClient, mode: str = "employs", state: str = "confirmed", **firm: Any) -> None:
        self.client = client
        of = factories.firm(mode=mode, address="宿迁市宿城区测试路 9 号", **firm)
        self.household = factories.household()
        self.worker = factories.worker_with_account(of=of, certificates=CERTIFICATES,
                                                    services={"maternity_nurse": 50_000})
        self.booking: Booking = factories.booking(state, self.household, self.worker, **self.engagement(26))
        self.family = factories.headers(db.session.get_one(Account, self.household.account_id))
        self.nurse = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.manager = factories.headers(factories.member(Role.FIRM_MANAGER, of.id))
        self.broker = factories.headers(factories.member(Role.BROKER, of.id))

    @staticmethod
    def engagement(count: int) -> dict[str, Any]:
        """What a booking of so many days has; one of them is a holiday that counts three times, whatever day it is."""
        start = factories.tomorrow(9, days=10)
        planned = days.worked_on(clock.local(start).date(), count, range(1, 8))
        terms = catalog.engagement_terms("package", clock.today())
        return {"service_code": "maternity_nurse", "lines": LINES, "total_fen": TOTAL, "days": count,
                "plan": days.plan(planned, [planned[4]], terms),
                "during": Range(start, clock.midnight(planned[-1] + timedelta(days=1)))}

    def shorten(self, count: int) -> None:
        """The booking is made of fewer days, as a change of it would."""
        for name, value in self.engagement(count).items():
            setattr(self.booking, name, value)
        db.session.flush()

    def notices(self, account: Any) -> list[str]:
        """Kinds of an account's notifications that are about contracts."""
        return list(db.session.execute(sa.text(
            "SELECT kind FROM notification WHERE account_id = :id AND kind LIKE 'contract%' ORDER BY id"),
            {"id": account}).scalars())


def text_of(paper: bytes) -> str:
    """All the text of a PDF, without blanks."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper)).pages)
