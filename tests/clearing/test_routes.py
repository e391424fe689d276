"""The federation reads comparisons, what they found, and Stripe's movements; and has one made."""

from qiaojiejie.core.access import Role
from tests import factories
from tests.clearing.bench import Bench
from tests.clearing.test_service import FEES, cancelled
from tests.refunds.test_service import TOTAL

PATH = "/api/v1/federation/clearing"


def test_the_same_request_twice_compares_once(bench: Bench) -> None:
    key = {"Idempotency-Key": "compare-1"}
    first, again = bench.ask(**key), bench.ask(**key)
    assert first.status_code == again.status_code == 201 and first.json["id"] == again.json["id"]
    assert len(bench.list_runs()) == 1


def test_while_stripe_is_down_nothing_is_compared_and_the_same_key_resumes(bench: Bench) -> None:
    bench.family.paid("card")
    bench.family.stripe.control(down=1)
    refused = bench.ask(**{"Idempotency-Key": "compare-2"})
    assert (refused.status_code, refused.json["code"]) == (503, "StripeDown") and bench.list_runs() == []
    bench.family.stripe.control()
    assert bench.ask(**{"Idempotency-Key": "compare-2"}).json["movements"] == 1


def test_an_auditor_reads_and_only_an_administrator_has_one_made(bench: Bench) -> None:
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    client = bench.family.client
    assert client.post(PATH, headers=auditor).status_code == 403
    assert client.get(PATH, headers=auditor).json == {"items": [], "next_cursor": None}
    assert client.get(PATH, headers=bench.family.headers).status_code == 403


def test_runs_and_differences_are_paged_and_an_unknown_run_is_not_found(bench: Bench) -> None:
    for amount in range(1, 6):
        bench.shop.sell(confirm=True, payment_method="pm_card_visa", return_url="http://localhost/", amount=amount)
    made = [bench.compared()["id"] for _ in range(3)]
    client, seen, cursor = bench.family.client, [], ""
    while cursor is not None:
        page = client.get(PATH, headers=bench.headers, query_string={"limit": 2, "cursor": cursor} if cursor else {
            "limit": 2}).json
        assert page is not None
        seen, cursor = [*seen, *(each["id"] for each in page["items"])], page["next_cursor"]
    assert seen == made[::-1]
    path = f"{PATH}/{made[0]}/differences"
    first = client.get(path, headers=bench.headers, query_string={"limit": 3}).json
    assert first is not None
    rest = client.get(path, headers=bench.headers, query_string={"limit": 3, "cursor": first["next_cursor"]}).json
    assert rest is not None and rest["next_cursor"] is None
    sums = [each["stripe"]["amount"] for each in (*first["items"], *rest["items"])]
    assert sorted(sums) == [1, 2, 3, 4, 5]
    answer = client.get(f"{PATH}/{factories.station().id}/differences", headers=bench.headers)
    assert answer.status_code == 404 and answer.json is not None and answer.json["code"] == "ClearingRunNotFound"
    for source in [each["source"] for each in (*first["items"], *rest["items"])]:  # the test ends with books that agree
        bench.post("taken_in", source, "bank", bench.one(
            f"SELECT amount_fen FROM stripe_movement WHERE source = '{source}'"))
    assert bench.compared()["differences"] == 0


def test_movements_are_listed_newest_first_and_by_what_they_are_about(bench: Bench) -> None:
    bench.family.paid("card")
    cancelled(bench)
    bench.compared()
    client, charge = bench.family.client, bench.one("SELECT charge_id FROM payment")
    listed = client.get(f"{PATH}/movements", headers=bench.headers).json
    assert listed is not None and sorted(each["type"] for each in listed["items"]) == ["charge", "refund"]
    of_charge = client.get(f"{PATH}/movements", headers=bench.headers, query_string={"source": charge}).json
    [one] = of_charge["items"]  # type: ignore[index]
    assert (one["amount"]["amount"], one["fee"]["amount"]) == (TOTAL, FEES["card"])
    assert one["net"]["display"] == "¥133.31"
    none = client.get(f"{PATH}/movements", headers=bench.headers, query_string={"source": "ch_none"}).json
    assert none == {"items": [], "next_cursor": None}
