"""An accredited body, its officers, and a worker who has passed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from qiaojiejie.certificates.models import Certificate
from qiaojiejie.certificates.service import certificates
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from tests import factories

API = "/api/v1"


class Scene:
    """Two officers, the body ``sq-skills`` for two occupations, and a worker of a firm."""

    def __init__(self, client: FlaskClient) -> None:
        self.client: Any = client
        self.officers = [factories.member(role) for role in (Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR)]
        self.first, self.second = map(factories.headers, self.officers)
        self.trainer = factories.member(Role.TRAINER)
        self.firm = factories.firm()
        self.worker = factories.worker_with_account(of=self.firm, name="王秀英")
        workers.refresh(worker=self.worker)
        self.her = factories.headers(db.session.get_one(Account, self.worker.account_id))
        self.body = self.accredited()

    def ask(self, method: str, path: str, who: dict[str, str] | None = None, body: Any = None) -> Any:
        """A request."""
        address = path if path.startswith("/bodies") else API + path
        return self.client.open(address, method=method, headers=who, json=body)

    def ok(self, path: str, who: dict[str, str], body: Any) -> Any:
        """A POST that is granted; its answer."""
        answer = self.ask("POST", path, who, body)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def refused(self, code: str, path: str, who: dict[str, str], body: Any) -> None:
        """A POST that is refused with a code."""
        answer = self.ask("POST", path, who, body)
        assert answer.json.get("code") == code, answer.json

    def proposal(self, slug: str = "sq-skills") -> dict[str, Any]:
        """A body as it is sent."""
        return {"slug": slug, "name": "宿迁市家政服务职业技能培训中心", "name_en": "Suqian Skills Centre",
                "occupations": ["domestic_worker", "maternity_carer"], "basis": "宿人社备〔示例〕12 号"}

    def accredited(self, slug: str = "sq-skills") -> dict[str, Any]:
        """A body, proposed by one officer and accredited by the other."""
        made = self.ok("/awarding-bodies", self.first, self.proposal(slug))
        accredited: dict[str, Any] = self.ok(f"/awarding-bodies/{made['id']}/steps", self.second, {"step": "accredit"})
        return accredited

    def issue(self, **given: Any) -> Certificate:
        """A certificate for the worker."""
        today: date = clock.today()
        actor = Actor(self.officers[0].id, uuid4(), Role.FEDERATION_ADMIN, None)
        return certificates.issue(**{
            "actor": actor, "worker_id": self.worker.id, "body_id": UUID(self.body["id"]),
            "occupation": "domestic_worker", "level": 4, "title": "家政服务员四级", "title_en": "Domestic worker, level 4",
            "hours": 120, "issued_on": today, "valid_until": today + timedelta(days=30), "assessed_by": self.trainer.id,
            "ref": f"assessment:{uuid4()}", **given})

    def verified(self, serial: str) -> Any:
        """What anybody is told of a serial."""
        return self.ask("GET", f"/verify/{serial}").json

    def status(self, slug: str = "sq-skills", number: int = 0) -> str:
        """A body's status list."""
        text: str = self.ask("GET", f"/bodies/{slug}/status/{number}").get_data(as_text=True)
        return text
