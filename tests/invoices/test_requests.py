"""A family asks its firm for an invoice, and what becomes of it."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.lifecycle import INVOICE
from qiaojiejie.invoices.models import InvoiceRequest
from tests import factories
from tests.invoices.scene import COMPANY, NOW, NUMBER, TOTAL, Scene, payment, refund

ROUTES = {"issue": "issues", "refuse": "refusals", "withdraw": "withdrawals", "void": "voids"}
Sweep = Callable[[str], None]


def put(request: Any, state: str, **more: Any) -> None:
    """The request in a state, with what belongs to it."""
    values: dict[str, Any] = {"state": state, "number": None, "issued_on": None, "reason": None, **more}
    if state in ("issued", "voided"):
        values |= {"number": "26320000000000000001", "issued_on": clock.today()}
    if state in ("refused", "voided"):
        values["reason"] = "title_wrong"
    db.session.execute(sa.update(InvoiceRequest).where(InvoiceRequest.id == request["id"]).values(**values))
    db.session.flush()
    db.session.expire_all()


def test_a_family_asks_the_firm_looks_issues_and_the_family_downloads(
        scene: Scene, run_jobs: Callable[[], int]) -> None:
    asked = scene.ask(title=scene.title(**COMPANY), kind="electronic_special")
    assert (asked["state"], asked["amount"]["amount"], asked["title_name"]) == ("requested", TOTAL, COMPANY["name"])
    assert asked["title_uscc"] == COMPANY["uscc"] and asked["due_on"] == rules.due_on(clock.today()).isoformat()
    run_jobs()
    assert scene.told(scene.manager.id) == ["invoice_requested"]
    [seen] = scene.listed(scene.firm, f"/firms/{scene.booking.firm_id}/invoice-requests", "?state=requested")
    assert COMPANY["name"] not in str(seen) and COMPANY["uscc"] not in str(seen) and scene.looks() == []
    whole = scene.step(asked, "look")
    assert (whole["title_name"], whole["title_uscc"]) == (COMPANY["name"], COMPANY["uscc"])
    assert scene.looks() == [(f"invoice_request:{asked['id']}", "title")]
    stored = scene.client.post("/api/v1/media", headers=scene.firm, data={
        "kind": "document", "file": (__import__("io").BytesIO(b"%PDF-1.7 invoice %%EOF"), "a.pdf")})
    issued = scene.step(asked, "issues", media_id=stored.json["id"])
    assert (issued["state"], issued["number"], issued["has_file"]) == ("issued", NUMBER, True)
    run_jobs()
    assert scene.told(scene.booking.household.account_id) == ["invoice_issued"]
    path = f"/api/v1/invoice-requests/{asked['id']}/file"
    got = scene.client.get(path, headers=scene.household)
    assert (got.status_code, got.mimetype, got.data) == (200, "application/pdf", b"%PDF-1.7 invoice %%EOF")
    assert len(scene.looks()) == 1, "one's own is no look"
    assert scene.client.get(path, headers=scene.firm).status_code == 200 and len(scene.looks()) == 2
    for stranger in (scene.stranger, scene.other_firm):
        assert scene.client.get(path, headers=stranger).json["code"] == "InvoiceRequestNotFound"


@pytest.mark.parametrize(("state", "step", "party"), list(product(INVOICE.states, ROUTES, ("household", "firm"))))
def test_every_step_from_every_state_by_every_party(scene: Scene, state: str, step: str, party: str) -> None:
    asked = scene.ask()
    put(asked, state)
    row = INVOICE.steps[step]
    fine = party in row.parties and state in row.sources
    status = 200 if fine else 403 if party not in row.parties else 409
    answer = scene.step(asked, ROUTES[step], status, who=getattr(scene, party))
    assert scene.shown(asked)["state"] == (row.target if fine else state)
    if not fine:
        assert answer["code"] == ("RoleRequired" if status == 403 else "StepNotPossible")


@pytest.mark.parametrize("route", [*ROUTES.values(), "look"])
def test_another_family_and_another_firm_find_nothing(scene: Scene, route: str) -> None:
    asked = scene.ask()
    who = scene.stranger if route == "withdrawals" else scene.other_firm
    assert scene.step(asked, route, 404, who=who)["code"] == "InvoiceRequestNotFound"
    for each in (scene.stranger, scene.other_firm):
        assert scene.shown(asked, each, 404)["code"] == "InvoiceRequestNotFound"
    assert scene.listed(scene.stranger, "/me/invoice-requests") == []
    scene.call("GET", f"/firms/{scene.booking.firm_id}/invoice-requests", scene.other_firm, 404)
    title = scene.call("POST", "/me/invoice-titles", scene.stranger, 201, kind="personal", name="别家")
    assert scene.ask(404, title=title)["code"] == "InvoiceTitleNotFound"
    assert scene.ask(404, title=title, who=scene.stranger)["code"] == "BookingNotFound"


@pytest.mark.parametrize(("state", "back", "code"), [
    ("held", 0, "InvoiceNotYet"), ("confirmed", 0, "InvoiceNotYet"), ("under_way", 0, "InvoiceNotYet"),
    ("served", 0, "InvoiceNotYet"), ("completed", TOTAL, "NothingKept"), ("cancelled", TOTAL, "NothingKept"),
    ("expired", 0, "NothingKept"), ("worker_absent", TOTAL, "NothingKept"), ("cancelled", 6900, ""),
    ("household_absent", TOTAL - 1, ""), ("completed", 0, "")])
def test_an_invoice_is_asked_for_once_it_is_over_and_something_was_kept(
        scene: Scene, state: str, back: int, code: str) -> None:
    booking = factories.booking(state, scene.booking.household, refund_fen=back, closed_at=clock.now(),
                                start=factories.tomorrow(days=3))
    if state not in ("held", "expired"):
        payment(booking)
    answer = scene.ask(409 if code else 201, booking_id=booking.id)
    assert answer.get("code", "") == code
    assert code or answer["amount"]["amount"] == TOTAL - back


def test_the_180th_day_is_in_time_until_midnight_and_the_next_is_not(client: FlaskClient) -> None:
    with clock.frozen(NOW):
        scene = Scene(client, closed_at=clock.midnight(date(2026, 6, 1)) + timedelta(minutes=1))
        late = Scene(client, closed_at=clock.midnight(date(2026, 6, 1)) - timedelta(seconds=1))
        assert late.ask(409)["code"] == "InvoiceTooLate", "31 May and 180 days is 27 November"
        title = scene.title()
    with clock.frozen(clock.midnight(date(2026, 11, 29))):
        assert scene.ask(409, title=title)["code"] == "InvoiceTooLate"
    with clock.frozen(clock.midnight(date(2026, 11, 29)) - timedelta(seconds=1)):
        scene.ask(title=title)


@pytest.mark.parametrize(("asked_on", "due"), [
    (date(2026, 11, 27), date(2026, 12, 8)),   # a Friday: seven working days, weekends between
    (date(2026, 9, 24), date(2026, 10, 12)),  # mid-autumn, the national holiday, and a Saturday worked for it
    (date(2026, 2, 13), date(2026, 3, 2))])   # the spring festival between two worked Saturdays
def test_the_firm_has_seven_working_days_over_holidays(asked_on: date, due: date) -> None:
    from qiaojiejie.core import workdays
    assert rules.due_on(asked_on) == due
    assert workdays.between(asked_on, due) == 7 and workdays.is_working(due)


def test_who_is_late_is_seen_by_the_federation_from_the_day_after_and_told_once(
        client: FlaskClient, run_jobs: Callable[[], int], sweep: Sweep) -> None:
    with clock.frozen(NOW):
        scene = Scene(client)
        asked = scene.ask()
    due = date.fromisoformat(asked["due_on"])
    for moment, late in ((clock.midnight(due + timedelta(days=1)) - timedelta(seconds=1), False),
                         (clock.midnight(due + timedelta(days=1)), True)):
        with clock.frozen(moment):
            sweep("warn_late")
            sweep("warn_late")
            run_jobs()
            assert scene.shown(asked)["overdue"] is late
            for path, who in (("/federation/invoice-requests", scene.federation),
                              (f"/firms/{scene.booking.firm_id}/invoice-requests", scene.firm)):
                for query, there in (("?overdue=true", late), ("?overdue=false", not late), ("", True)):
                    found = [each["id"] for each in scene.listed(who, path, query)]
                    assert (asked["id"] in found) is there, f"{path}{query} {moment}"
            assert scene.told(scene.manager.id).count("invoice_overdue") == late
    scene.step(asked, "refusals")
    assert scene.listed(scene.federation, "/federation/invoice-requests", "?overdue=true") == []


def test_late_ones_come_in_the_order_they_were_due_page_by_page(client: FlaskClient) -> None:
    with clock.frozen(NOW):
        scene = Scene(client)
        asked = [scene.ask(), *(Scene(client).ask() for _ in range(2))]
    for request, days in zip(asked, (3, 1, 2), strict=True):
        put(request, "requested", due_on=clock.today() - timedelta(days=days))
    first = scene.call("GET", "/federation/invoice-requests?overdue=true&limit=2", scene.federation)
    rest = scene.call("GET", f"/federation/invoice-requests?overdue=true&limit=2&cursor={first['next_cursor']}",
                      scene.federation)
    assert [each["id"] for each in (*first["items"], *rest["items"])] == [asked[n]["id"] for n in (0, 2, 1)]
    assert scene.call("GET", f"/federation/invoice-requests?cursor={first['next_cursor']}", scene.federation,
                      400)["code"] == "BadCursor"


def test_one_request_at_a_time_and_another_once_it_ended(scene: Scene) -> None:
    title = scene.title()
    for route in ("withdrawals", "refusals"):
        asked = scene.ask(title=title)
        assert scene.ask(409, title=title)["code"] == "InvoiceAlreadyRequested"
        scene.step(asked, route)
    asked = scene.ask(title=title)
    scene.step(asked, "issues")
    assert scene.ask(409, title=title)["code"] == "InvoiceAlreadyRequested"
    voided = scene.step(asked, "voids", red_number="26322000000012345679")
    assert (voided["number"], voided["red_number"], voided["reason_name"]) == (
        NUMBER, "26322000000012345679", "发生退款")
    scene.ask(title=title)
    states = [each["state"] for each in scene.listed(scene.household, "/me/invoice-requests")]
    assert states == ["requested", "voided", "refused", "withdrawn"]


def test_a_special_invoice_goes_to_a_company_alone_and_a_request_keeps_the_title_it_was_asked_with(
        scene: Scene) -> None:
    assert scene.ask(422, kind="electronic_special")["code"] == "KindNeedsCompany"
    title = scene.title(**COMPANY)
    asked = scene.ask(title=title)
    scene.call("PATCH", f"/me/invoice-titles/{title['id']}", scene.household, name="另一家公司")
    scene.call("DELETE", f"/me/invoice-titles/{title['id']}", scene.household, 204)
    assert scene.step(asked, "look")["title_name"] == COMPANY["name"]


def test_a_title_is_not_shown_once_the_request_is_over(scene: Scene) -> None:
    asked = scene.ask()
    scene.step(asked, "look")
    scene.step(asked, "withdrawals")
    assert scene.step(asked, "look", 409)["code"] == "InvoiceTitleClosed"
    assert len(scene.looks()) == 1


@pytest.mark.parametrize(("given", "code"), [
    ({"number": "2632200000001234567"}, "Invalid"), ({"number": "２6322000000012345678"}, "Invalid"),
    ({"number": NUMBER + "\n"}, "Invalid"), ({"number": "25322000000012345678"}, "InvoiceDayDoesNotFit"),
    ({"issued_on": "2026-11-29"}, "InvoiceDayDoesNotFit"), ({"issued_on": "2026-11-27"}, "InvoiceDayDoesNotFit")])
def test_a_number_and_day_that_can_not_be_are_refused(client: FlaskClient, given: dict[str, str], code: str) -> None:
    with clock.frozen(NOW):
        scene = Scene(client)
        asked = scene.ask()
        assert scene.step(asked, "issues", 422, **given)["code"] == code
        assert scene.shown(asked)["state"] == "requested"


def test_a_number_stands_on_one_request_alone_even_when_that_was_voided(scene: Scene, client: FlaskClient) -> None:
    asked, other = scene.ask(), Scene(client)
    scene.step(asked, "issues")
    theirs = other.ask()
    assert other.step(theirs, "issues", 409)["code"] == "InvoiceNumberTaken"
    scene.step(asked, "voids")
    assert other.step(theirs, "issues", 409)["code"] == "InvoiceNumberTaken"
    other.step(theirs, "issues", number="26322000000012345670")


def test_the_file_is_a_document_of_the_firms_own(scene: Scene) -> None:
    asked = scene.ask()
    for wrong in (scene.file(None), scene.file(factories.firm().id), scene.file(scene.booking.firm_id, "licence"),
                  scene.booking.id):
        assert scene.step(asked, "issues", 422, media_id=str(wrong))["code"] == "InvoiceFileNotYours"
    scene.step(asked, "issues", media_id=str(scene.file(scene.booking.firm_id)))
    other = scene.ask(booking_id=_another(scene).id)
    assert scene.call("GET", f"/invoice-requests/{other['id']}/file", scene.household, 404)["code"] == (
        "InvoiceFileNotFound")


def _another(scene: Scene) -> Any:
    booking = factories.booking("completed", scene.booking.household, start=factories.tomorrow(days=9),
                                closed_at=clock.now())
    payment(booking)
    return booking


def test_deposit_and_balance_less_several_refunds_are_what_is_invoiced(scene: Scene) -> None:
    booking = factories.booking("completed", scene.booking.household, start=factories.tomorrow(days=9),
                                closed_at=clock.now(), refund_fen=3_334)
    deposit, balance = payment(booking, 3_801, "deposit"), payment(booking, 9_999, "balance")
    refund(balance, 1_111)
    refund(balance, 1_112, "failed")           # still owed: the federation sees to it
    refund(deposit, 1_111, "replaced")         # another stands in its place
    refund(deposit, 1_111, "pending")
    assert scene.ask(booking_id=booking.id)["amount"]["amount"] == TOTAL - 3_334


def test_the_same_request_twice_is_one(scene: Scene) -> None:
    title = scene.title()
    sent = {"json": {"title_id": title["id"], "kind": "electronic_ordinary"},
            "headers": {**scene.household, "Idempotency-Key": "once"}}
    path = f"/api/v1/bookings/{scene.booking.id}/invoice-requests"
    first, again = scene.client.post(path, **sent), scene.client.post(path, **sent)
    assert first.status_code == again.status_code == 201 and first.json == again.json
    assert len(scene.listed(scene.household, "/me/invoice-requests")) == 1


def test_nobodys_name_stands_in_the_ledger_or_in_a_notice(scene: Scene, run_jobs: Callable[[], int],
                                                          world: sa.Connection) -> None:
    asked = scene.ask(title=scene.title(**COMPANY))
    scene.step(asked, "issues")
    scene.step(asked, "voids")
    run_jobs()
    told = [str(row) for table in ("ledger_entry", "notification") for row in world.execute(
        sa.text(f"SELECT data FROM {table}"))]
    assert told and not [row for row in told if COMPANY["name"] in row or COMPANY["uscc"] in row]
