"""The catalogue as anybody reads it."""

from flask.testing import FlaskClient


def test_anybody_reads_the_whole_catalogue(client: FlaskClient) -> None:
    answer = client.get("/api/v1/services").json
    assert (len(answer["items"]), answer["next_cursor"]) == (19, None)
    assert answer["items"][0] == {
        "code": "cleaning", "name": "日常保洁", "name_en": "Home cleaning", "category": "cleaning",
        "category_name": "保洁", "mode": "hourly", "unit": "hour", "min_minutes": 120, "care": False,
        "insurance_class": 2, "certificates": [], "day_counts": [], "shifts": []}


def test_one_category_at_a_time(client: FlaskClient) -> None:
    answer = client.get("/api/v1/services?category=elder").json
    assert [row["code"] for row in answer["items"]] == ["elder_care", "elder_care_full", "companion", "companion_shift"]
    assert client.get("/api/v1/services?category=gardening").status_code == 422


def test_a_service_says_what_is_charged_on_it_and_by_whose_choice(client: FlaskClient) -> None:
    answer = client.get("/api/v1/services/moving").json
    assert answer["insurance_class"] == 4
    assert "搬运" in answer["aliases"]
    assert [(fee["line"], fee["permille"], fee["fixed"]["display"]) for fee in answer["fees"]] == [
        ("firm_fee", 150, "¥0.00"), ("insurance", 0, "¥5.00"), ("platform_fee", 20, "¥0.00")]
    assert {fee["origin"] for fee in answer["fees"]} == {"platform"}


def test_a_service_nobody_offers_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/v1/services/digging", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (404, "ServiceNotFound")


def test_the_regions_and_the_cancellation_policy_are_open(client: FlaskClient) -> None:
    regions = client.get("/api/v1/regions").json
    assert [row["name"] for row in regions["items"]] == ["宿城区", "宿豫区", "沭阳县", "泗阳县", "泗洪县"]
    policy = client.get("/api/v1/policies/cancellation").json
    assert [tier["permille"] for tier in policy["tiers"]] == [0, 300, 500]
    assert (policy["no_show_permille"], policy["grace_minutes"], policy["origin"]) == (1000, 5, "platform")


def test_a_catalogue_read_before_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/services")
    again = client.get("/api/v1/services", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_occupations_have_the_levels_of_their_standard_and_services_ask_for_some(client: FlaskClient) -> None:
    found = client.get("/api/v1/occupations").json
    assert found is not None
    known = {each["code"]: each for each in found["items"]}
    assert (known["domestic_worker"]["number"], known["domestic_worker"]["edition"]) == ("4-10-01-06", "2019")
    assert known["domestic_worker"]["levels"] == [5, 4, 3, 2] and known["maternity_carer"]["levels"] == [5, 4, 3]
    services = client.get("/api/v1/services").json
    assert services is not None
    asked = {each["code"]: each["certificates"] for each in services["items"]}
    assert asked["maternity_nurse"] == ["maternity_carer", "infant_carer"] and asked["cleaning"] == []
    assert {code for wanted in asked.values() for code in wanted} <= known.keys()
