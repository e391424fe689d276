"""A prepaid card from its offer to its end, over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.payments import service as payments
from tests import factories
from tests.coupons.scene import balances
from tests.prepaid.scene import PRICE, TOTAL, Holder

Sweep = Callable[[str], None]


@pytest.mark.parametrize("method", ["alipay", "wechat_pay", "card"])
def test_a_family_buys_a_card_and_it_can_be_used_once_the_money_came(family: Holder, world: sa.Connection,
                                                                     method: str) -> None:
    begun = family.buy(method=method)
    assert begun.status_code == 201, begun.json
    assert begun.json["state"] == "bought" and begun.json["balance"]["amount"] == 0
    assert begun.json["payment"]["next_action"]["url"].endswith(f"/pay/{family.card_intent()}")
    assert family.stripe.act(family.card_intent()).ok
    family.hear_card()
    shown = family.shown()
    assert (shown["state"], shown["balance"]["display"], shown["payment"]["state"]) == ("live", "¥300.00", "succeeded")
    assert shown["payment"]["next_action"] is None
    assert balances(world) == {"stripe_clearing": PRICE, "prepaid": -PRICE}
    assert "prepaid_bought" in family.notices()


def test_a_card_whose_webhook_was_lost_is_live_by_the_sweeps(family: Holder, run_jobs: Callable[[], int],
                                                             sweep: Sweep) -> None:
    family.buy()
    family.stripe.act(family.card_intent())
    db.session.execute(sa.text("UPDATE payment SET checked_at = checked_at - interval '1 minute'"))
    sweep("payments.tasks.reconcile")
    db.session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE task_name <> 'payments.look_again'"))
    run_jobs()
    assert family.shown()["state"] == "live"


def test_a_card_is_live_though_the_job_that_follows_its_payment_was_lost(family: Holder, run_jobs: Callable[[], int],
                                                                         sweep: Sweep) -> None:
    family.buy()
    family.stripe.act(family.card_intent())
    for event in family.stripe.events(family.card_intent()):
        family.stripe.deliver(family.client, event)
    payment = db.session.execute(sa.text("SELECT id FROM payment WHERE card_id = :id"),
                                 {"id": family.card}).scalar_one()
    payments.look_again(payment_id=payment)
    db.session.execute(sa.text("DELETE FROM procrastinate_jobs"))
    assert family.shown()["state"] == "bought"
    sweep("settle_unsettled")
    run_jobs()
    assert family.shown()["state"] == "live"


def test_the_purchase_is_taken_up_again_with_another_method_and_never_made_twice(family: Holder) -> None:
    offered = family.offer().json["id"]
    first, second = family.buy_of(offered, "alipay"), family.buy_of(offered, "wechat_pay")
    assert first.json["id"] == second.json["id"] and second.json["payment"]["method"] == "wechat_pay"
    assert len(family.get("/me/prepaid-cards")["items"]) == 1
    assert family.stripe.act(family.card_intent()).ok
    assert family.buy_of(offered).json["payment"]["state"] == "succeeded"  # at Stripe it is, and that is learned here
    assert family.buy_of(offered).json["code"] == "PrepaidCardPaid"
    family.hear_card()
    assert family.shown()["state"] == "live"


def test_a_purchase_while_stripe_is_down_is_taken_up_with_the_same_key(family: Holder) -> None:
    body = {"offer_id": family.offer().json["id"], "method": "alipay"}
    family.stripe.control(down=1)
    assert family.post("/me/prepaid-cards", body, key="buy").status_code == 503
    family.stripe.control()
    family.stripe.control(lose_answer=1, times=1)
    assert family.post("/me/prepaid-cards", body, key="buy").status_code == 503
    family.stripe.control()
    assert family.post("/me/prepaid-cards", body, key="buy").status_code == 201
    assert len(family.get("/me/prepaid-cards")["items"]) == 1


def test_a_declined_try_leaves_the_card_to_be_paid_and_says_so(family: Holder) -> None:
    family.buy()
    family.stripe.act(family.card_intent(), "decline")
    family.hear_card()
    assert family.shown()["payment"]["decline_code"] is not None
    assert "prepaid_payment_failed" in family.notices()


def test_a_card_not_paid_for_in_half_an_hour_is_called_off_at_stripe_first(family: Holder, sweep: Sweep) -> None:
    begun = family.buy()
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        assert family.buy_of(_offer_of(family)).json["code"] == "PrepaidPurchaseOver"
        sweep("lapse_overdue")
        family.run_jobs()
        assert family.shown()["state"] == "lapsed" and "prepaid_lapsed" in family.notices()
        assert not family.stripe.act(family.card_intent()).ok
        again = family.buy_of(_offer_of(family))
    assert again.status_code == 201 and again.json["id"] != begun.json["id"]


def _offer_of(family: Holder) -> str:
    return str(db.session.execute(sa.text("SELECT offer_id FROM prepaid_card WHERE id = :id"),
                                  {"id": family.card}).scalar_one())


def test_money_that_came_in_the_last_moment_makes_the_card_live(family: Holder, sweep: Sweep) -> None:
    family.buy()
    family.stripe.act(family.card_intent())
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        sweep("lapse_overdue")
        family.run_jobs()
    assert family.shown()["state"] == "live" and family.balance() == PRICE


def test_money_for_a_card_that_lapsed_goes_back_whole(family: Holder, world: sa.Connection) -> None:
    family.buy()
    db.session.execute(sa.text("UPDATE prepaid_card SET state = 'lapsed', closed_at = now()"))  # the worst of timings
    family.stripe.act(family.card_intent())
    family.hear_card()
    family.hear_card()
    assert family.card_refunds() == [("succeeded", PRICE)] and family.at_stripe() == PRICE
    assert balances(world) == {}


@pytest.mark.parametrize(("price", "sold"), [(499_999, True), (500_000, True), (500_001, False)])
def test_one_registered_card_holds_5000_yuan_at_most(family: Holder, price: int, sold: bool) -> None:
    answer = family.offer(price)
    assert answer.status_code == (201 if sold else 409)
    assert sold or (answer.json["code"], "¥5,000.00" in answer.json["title"]) == ("PrepaidOverLimit", True)


def test_a_limit_that_was_lowered_since_holds_for_cards_bought_from_then_on(family: Holder) -> None:
    offered = family.offer(300_000).json["id"]
    db.session.execute(sa.text("INSERT INTO prepaid_limit VALUES (true, :day, 299999, 'test')"), {"day": clock.today()})
    assert family.buy_of(offered).json["code"] == "PrepaidOverLimit"


def test_a_firm_sells_no_more_of_what_it_withdrew_nor_when_it_is_suspended(family: Holder) -> None:
    offered = family.offer().json
    other = family.offer().json
    assert family.post(f"/prepaid-offers/{offered['id']}/withdrawals", who=family.manager).json["state"] == "withdrawn"
    assert family.buy_of(offered["id"]).json["code"] == "PrepaidOfferEnded"
    assert [each["id"] for each in family.get(f"/prepaid-offers?firm_id={family.firm.id}")["items"]] == [other["id"]]
    family.firm.state = "suspended"
    db.session.flush()
    assert family.buy_of(other["id"]).json["code"] == "PrepaidOfferEnded"
    assert family.offer().json["code"] == "PrepaidOfferEnded"


def test_a_booking_is_paid_from_the_card_at_once(family: Holder, world: sa.Connection) -> None:
    family.holds_card()
    family.holds()
    answer = family.pay_with()
    assert answer.status_code == 201, answer.json
    assert (answer.json["state"], answer.json["method"], answer.json["amount"]["amount"]) == (
        "succeeded", "prepaid", TOTAL)
    assert family.state() == "confirmed" and family.balance() == PRICE - TOTAL
    assert balances(world) == {"stripe_clearing": PRICE, "prepaid": TOTAL - PRICE, "escrow": -TOTAL}
    assert family.moves() == [("charged", PRICE), ("redeemed", -TOTAL)]
    assert family.pay_with().json["id"] == answer.json["id"] and family.balance() == PRICE - TOTAL


def test_the_same_key_twice_pays_once_and_answers_the_same(family: Holder) -> None:
    family.holds_card()
    family.holds()
    first, second = family.pay_with(key="k1"), family.pay_with(key="k1")
    assert first.json == second.json and second.headers["Idempotent-Replayed"] == "true"
    assert family.balance() == PRICE - TOTAL
    one, two = family.close(PRICE - TOTAL, key="k2"), family.close(PRICE - TOTAL, key="k2")
    assert one.json == two.json and one.json["state"] == "closed"
    assert [fen for _, fen in family.card_refunds()] == [PRICE - TOTAL]


def test_too_little_is_refused_and_says_how_much_is_missing(family: Holder) -> None:
    family.holds_card(TOTAL - 1)
    family.holds()
    answer = family.pay_with()
    assert (answer.status_code, answer.json["code"]) == (409, "PrepaidBalanceShort")
    assert "¥0.01" in answer.json["title"] and family.state() == "held"
    family.paid("alipay")  # another way is open


def test_exactly_enough_is_enough(family: Holder) -> None:
    family.holds_card(TOTAL)
    family.paid_with_card()
    assert family.balance() == 0


def test_a_card_is_for_its_firm_and_its_service_only_and_for_its_family(family: Holder) -> None:
    family.holds_card(service_code="tutoring")
    family.holds()
    assert family.pay_with().json["code"] == "PrepaidCardNotForService"
    db.session.execute(sa.text("UPDATE prepaid_card SET service_code = NULL"))
    own, family.worker = family.worker, factories.worker_with_account()
    family.holds(start=factories.tomorrow(days=2).isoformat())
    assert family.pay_with().json["code"] == "PrepaidCardOfAnotherFirm"
    family.worker = own
    other = Holder(family.client, family.stripe, family.run_jobs)
    assert family.post(f"/bookings/{family.booking.id}/card-payments", {"card_id": family.card}, other.headers
                       ).json["code"] == "BookingNotFound"
    other.holds()
    assert other.pay_with(family.card).json["code"] == "PrepaidCardNotFound"
    for path in ("", "/movements"):
        answer = other.client.get(f"/api/v1/me/prepaid-cards/{family.card}{path}", headers=other.headers)
        assert answer.json["code"] == "PrepaidCardNotFound"
    assert family.close(PRICE, who=other.headers).json["code"] == "PrepaidCardNotFound"


def test_a_payment_begun_at_stripe_is_called_off_before_the_card_pays(family: Holder) -> None:
    family.holds_card()
    family.holds()
    assert family.begin("wechat_pay").status_code == 201
    intent = family.intent()
    assert family.pay_with().status_code == 201
    assert family.state() == "confirmed" and not family.stripe.act(intent).ok
    assert family.begin("alipay").status_code == 409


def test_money_that_came_at_stripe_first_stands_and_the_card_is_not_used(family: Holder) -> None:
    family.holds_card()
    family.holds()
    family.begin("alipay")
    family.press()
    assert family.pay_with().json["code"] == "StepNotPossible"
    assert family.state() == "confirmed" and family.balance() == PRICE


def test_the_firm_sees_what_it_sold_and_the_federation_what_is_held(family: Holder) -> None:
    family.holds_card()
    family.paid_with_card()
    sold = family.get("/prepaid-cards", family.manager)["items"]
    assert [(each["id"], each["balance"]["amount"], each["state"]) for each in sold] == [
        (family.card, PRICE - TOTAL, "live")]
    assert "payment" not in sold[0] and "household_id" not in sold[0]
    held = next(each for each in family.get("/federation/prepaid-holdings?limit=100", family.officer)["items"]
                if each["firm_id"] == str(family.firm.id))
    assert (held["cards"], held["held"]["amount"], held["largest"]["amount"], held["limit"]["amount"]) == (
        1, PRICE - TOTAL, PRICE - TOTAL, 500_000)
    other = factories.headers(factories.manager_of(factories.firm()))
    assert family.get("/prepaid-cards", other)["items"] == []


def test_movements_are_paged_without_hole_or_double(family: Holder) -> None:
    family.holds_card()
    family.paid_with_card()
    family.cancel(TOTAL)
    family.run_jobs()
    seen, cursor = [], ""
    while True:
        page = family.get(f"/me/prepaid-cards/{family.card}/movements?limit=1{cursor}")
        seen += [(line["kind"], line["amount"]["amount"], line["booking_id"]) for line in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    booking = str(family.booking.id)
    assert seen == [("returned", TOTAL, booking), ("redeemed", -TOTAL, booking), ("charged", PRICE, None)]
