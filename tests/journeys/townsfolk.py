"""People of a town who meet the credit platform over HTTP, and a stranger who has nothing but its public address."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts, replay
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.journeys.visits import PRICE, Booked
from tests.stripe_sandbox import StripeSandbox

Line = dict[str, Any]
Told = dict[str, Any]
#: what is read on a paper
READ: dict[str, Told] = {"identity": {}, "health": {}, "background": {"conclusion": "clear", "look_back_years": 5}}
LINE = ("score", "grade", "reasons", "neff", "households")


@contextmanager
def at(moment: str) -> Iterator[None]:
    """A moment in Suqian."""
    with clock.frozen(datetime.fromisoformat(f"{moment}+08:00")):
        yield


@dataclass
class Town:
    """Requests of its people, and what the platform does by itself in between."""

    client: FlaskClient
    stripe: StripeSandbox
    run_jobs: Callable[[], int]
    sweep: Callable[[str], None]

    @cached_property
    def auditor(self) -> Account:
        """An officer of the federation."""
        return factories.member(Role.FEDERATION_AUDITOR)

    @cached_property
    def administrator(self) -> Account:
        """Another officer."""
        return factories.member(Role.FEDERATION_ADMIN)

    @cached_property
    def mediator(self) -> Account:
        """Who decides complaints."""
        return factories.member(Role.MEDIATOR)

    def ask(self, who: Account | None, method: str, path: str, body: Any = None) -> Any:
        """A request that must be granted; its answer."""
        answer: Any = self.client.open("/api/v1" + path, method=method, json=body,
                                       headers=factories.headers(who) if who else {})
        assert answer.status_code in (200, 201), (path, answer.json)
        return answer.json

    def get(self, path: str, who: Account | None = None) -> Any:
        """What somebody reads."""
        return self.ask(who, "GET", path)

    def post(self, who: Account, path: str, body: Any = None) -> Any:
        """What somebody does."""
        return self.ask(who, "POST", path, body)

    def refused(self, who: Account, path: str, body: Any = None) -> str:
        """The code by which she may not."""
        answer: Any = self.client.post("/api/v1" + path, json=body, headers=factories.headers(who))
        assert answer.status_code >= 400, answer.json
        return str(answer.json["code"])

    def upload(self, who: Account, kind: str = "evidence") -> str:
        """A photograph she uploads; its id."""
        file = BytesIO()
        Image.new("RGB", (40, 30), "white").save(file, "PNG")
        file.seek(0)
        answer: Any = self.client.post("/api/v1/media", headers=factories.headers(who),
                                       data={"kind": kind, "file": (file, "证据.png")})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def settle(self) -> None:
        """Jobs and sweeps have run, and the log has taken everything up."""
        for _ in range(2):  # a sweep defers jobs, whose facts are sequenced too
            self.run_jobs()
            self.sweep("standings.tasks.turn_the_day")
        self.run_jobs()
        self.sweep("transparency.tasks.sequence")

    def pages(self, path: str, who: Account | None = None) -> list[Any]:
        """Every item of a list."""
        found, cursor = list[Any](), ""
        while cursor is not None:
            page = self.get(path + ("&" if "?" in path else "?") + "limit=100" + (cursor and f"&cursor={cursor}"), who)
            found, cursor = [*found, *page["items"]], page["next_cursor"]
        return found

    def export(self) -> list[Line]:
        """The whole log in export lines."""
        return self.pages("/log/openings")

    def standings(self) -> dict[str, Told]:
        """Everybody's standing as it is shown, by opaque key."""
        return {each["subject"]: {name: each[name] for name in LINE} for each in self.pages("/credit/standings")}

    def replayed_there(self, who: Account) -> dict[str, Told]:
        """Everybody's standing today as the platform computes it for somebody from lines she sends."""
        found = self.post(who, "/credit/replay", {"as_of": clock.today().isoformat(), "lines": self.export()})
        return {each.pop("subject"): each for each in found["items"]}

    def proven(self, seq: int) -> Told:
        """The line of an entry, once its leaf's proof gives the root that the log signed."""
        found = self.get(f"/log/leaves/{seq}")
        root = climb(sha256(b"\0" + found["leaf"].encode()).digest(), found["index"], found["size"],
                     [bytes.fromhex(each) for each in found["proof"]])
        assert root.hex() == found["root"] != ""
        assert found["checkpoint"].splitlines()[1] == str(found["size"])
        leaf: Told = json.loads(found["leaf"])
        [line] = [each for each in self.export() if each["seq"] == seq]
        payload = {name: value for name, value in line.items() if name not in {*leaf, "index", "salt"}}
        said = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert sha256(bytes.fromhex(line["salt"]) + said).hexdigest() == leaf["commitment"]
        return line


def climb(node: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of ``size`` leaves, by the audit path of one of them (RFC 6962, 2.1.1)."""
    if size == 1:
        assert not path
        return node
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return sha256(b"\1" + climb(node, index, half, path[:-1]) + path[-1]).digest()
    return sha256(b"\1" + path[-1] + climb(node, index - half, size - half, path[:-1])).digest()


def replayed(lines: Sequence[Line]) -> dict[str, Told]:
    """Everybody's standing today as a stranger computes it from export lines."""
    found = replay.run(lines, as_of=facts.day_number(clock.today()))
    return {each["subject"]: {name: each[name] for name in LINE} for each in json.loads(json.dumps(found))}


@dataclass
class Sister:
    """A worker who signs in, her firm and its manager."""

    town: Town
    firm: Firm
    manager: Account
    worker: Worker

    @classmethod
    def of(cls, town: Town) -> "Sister":
        """A worker whom families find, with a firm of her own; none of her papers were verified on the platform."""
        far, firm = clock.today() + timedelta(days=900), factories.firm()
        worker = factories.worker_with_account(of=firm, services={"cleaning": PRICE}, health_until=far,
                                               insured_until=far, background_until=far)
        workers.refresh(worker=worker)
        return cls(town, firm, factories.manager_of(firm), worker)

    @property
    def account(self) -> Account:
        """She, signing in."""
        return db.session.get_one(Account, self.worker.account_id)

    @property
    def path(self) -> str:
        """Where her standing is read."""
        return f"/workers/{self.worker.id}/credit"

    def credit(self, who: Account | None = None) -> Told:
        """Her standing and where it comes from."""
        found: Told = self.town.get(self.path, who)
        return found

    def paper(self, kind: str) -> None:
        """Her firm records a paper, the federation verifies it."""
        town, read = self.town, dict(READ[kind])
        if kind != "identity":
            read["valid_until"] = (clock.today() + timedelta(days=900)).isoformat()
        made = town.post(self.manager, f"/firms/{self.firm.id}/staff/{self.worker.id}/documents", {
            "kind": kind, "title": "证件", "issuer": "主管部门", **read})
        town.post(town.auditor, f"/documents/{made['id']}/reviews", {"verdict": "verify", "source": "已查询"})
        town.settle()

    def book(self, days: int) -> Booked:
        """A new family books her for a day, and pays."""
        visit = Booked(self.town.client, self.town.stripe, self.town.run_jobs, self.worker, days)
        assert visit.answer.status_code == 201, visit.answer.json
        visit.paid()
        return visit

    def serve(self, visit: Booked, marks: int = 24) -> None:
        """She comes, works and goes; the family confirms; both say how it was: ``marks`` of 25, as is usual."""
        path, family = f"/bookings/{visit.booking.id}", db.session.get_one(Account, visit.household.account_id)
        aspects = dict(zip(("skill", "attitude", "punctuality", "honesty", "communication"),
                           [marks // 5 + (place < marks % 5) for place in range(5)], strict=True))
        with clock.frozen(visit.start):
            code = self.town.get(path, family)["door_code"]
            self.town.post(self.account, f"{path}/check-ins", {"door_code": code})
        with clock.frozen(visit.start + timedelta(hours=3)):
            self.town.post(self.account, f"{path}/check-outs")
            self.town.post(family, f"{path}/confirmations")
            self.town.post(family, f"{path}/reviews", {"overall": marks // 5, "aspects": aspects})
            self.town.post(self.account, f"{path}/reviews", {"overall": 5, "aspects": dict.fromkeys(aspects, 5)})
            self.town.settle()
