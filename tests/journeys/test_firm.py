"""A firm registers with its licence, is returned, mends what was named, and is accepted."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.messages.models import Notification
from tests import factories

FIRMS = "/api/v1/firms"


def picture() -> BytesIO:
    """A photograph of a licence, as good as any."""
    out = BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    out.seek(0)
    return out


def test_a_firm_is_returned_mends_its_name_and_is_accepted(client: FlaskClient, run_jobs: Callable[[], int]) -> None:
    boss = factories.member(Role.HOUSEHOLD)
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    factories.member(Role.FEDERATION_ADMIN)

    licence = client.post("/api/v1/media", headers=factories.headers(boss),
                          data={"kind": "licence", "file": (picture(), "执照.png")})
    assert licence.status_code == 201, licence.json
    firm: dict[str, Any] = client.post(FIRMS, headers=factories.headers(boss), json={
        "uscc": factories.firm_code(), "name": "宿迁安心家政服务有限公司", "mode": "employs",
        "legal_representative": "李建国", "phone": "0527-84350000", "address": "宿城区幸福中路 66 号",
        "region_codes": ["321302"], "licence_media_id": licence.json["id"], "licence_valid_until": "2036-03-31"}).json
    where = f"{FIRMS}/{firm['id']}"

    waiting = client.get(f"{FIRMS}/applications", headers=auditor).json["items"]
    assert [row["id"] for row in waiting] == [firm["id"]]
    assert client.post(f"{where}/decisions", json={"step": "start_review"}, headers=auditor).status_code == 201
    application = client.get(f"{where}/application", headers=auditor).json
    assert application["legal_representative"] == "李建国"
    assert client.get(application["licence_url"], headers=auditor).mimetype == "image/jpeg"
    returned = client.post(f"{where}/decisions", headers=auditor, json={
        "step": "return", "reasons": [{"code": "licence_mismatch", "field": "name", "note": "少了“市”字"}]})
    assert returned.json["state"] == "returned"

    why = client.get(f"{where}/decisions", headers=factories.headers(boss, Role.FIRM_MANAGER)).json["items"][0]
    assert (why["reasons"][0]["message"], why["reasons"][0]["field"]) == ("填报内容与营业执照不一致", "name")
    mended = client.patch(where, json={"name": "宿迁市安心家政服务有限公司"}, headers=factories.headers(boss))
    assert (mended.status_code, mended.json["state"]) == (200, "returned")
    again = client.post(f"{where}/resubmissions", headers=factories.headers(boss))
    assert (again.status_code, again.json["state"]) == (201, "applied")
    assert client.get(where).status_code == 404, "not open before it is accepted"

    assert client.post(f"{where}/decisions", json={"step": "accept"}, headers=auditor).status_code == 201
    file = client.get(where).json
    assert (file["name"], file["state"], file["legal_representative"]) == (
        "宿迁市安心家政服务有限公司", "on_platform", "李**")
    assert [day["step"] for day in file["history"]] == ["accept"]
    assert [row["id"] for row in client.get(f"{FIRMS}?words=安心").json["items"]] == [firm["id"]]

    run_jobs()
    told = db.session.query(Notification).order_by(Notification.created_at, Notification.id).all()
    assert sorted(row.kind for row in told) == ["firm_accepted", "firm_applied", "firm_applied", "firm_returned"]
    assert {row.account_id for row in told if row.kind != "firm_applied"} == {boss.id}
