"""The sample city: the same every time, true to the rules of the house, and like a city."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import click
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload
from stdnum.cn import ric, uscc

from qiaojiejie.competitions.rules import draw, ranking
from qiaojiejie.contracts.models import Contract
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Encrypted, ring
from qiaojiejie.firms.models import Firm
from qiaojiejie.governance import queries as governance_queries, service as governance
from qiaojiejie.sandbox import city
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.papers import Births, credit_code, phone, shuffled
from qiaojiejie.sandbox.stripe.history import paid_before
from qiaojiejie.transparency.rules import canonical
from qiaojiejie.workers.models import Worker
from tests.sandbox.town import DAY, WORKERS, open_city, rows, value


def digest() -> dict[str, tuple[int, str | None]]:
    """For each table with a model, how many rows there are and a digest of every column that is not sealed."""
    found = {}
    for mapper in Worker.registry.mappers:
        table = mapper.local_table
        assert isinstance(table, sa.Table)
        columns = ", ".join(f'"{column.name}"' for column in table.columns if not isinstance(column.type, Encrypted))
        found[table.name] = tuple(rows(f"SELECT count(*), md5(string_agg(line, '' ORDER BY line)) FROM (SELECT"
                                       f" ROW({columns})::text AS line FROM {table.name}) lines")[0])
    return found


def test_two_cities_of_one_day_are_the_same_but_for_what_is_sealed(
        town: Flask, new_database: Callable[[], str]) -> None:
    first = digest()
    sealed = value("SELECT name FROM worker WHERE no = 1")
    with open_city(new_database()):
        assert digest() == first
        again = value("SELECT name FROM worker WHERE no = 1")
        assert again != sealed
        assert ring().open(again, "name") == ring().open(sealed, "name")


def test_a_city_is_built_in_an_empty_database_only(town: Flask) -> None:
    assert not city.is_empty()
    with pytest.raises(click.ClickException, match="empty database"):
        city.build(workers=WORKERS)


@pytest.mark.parametrize("workers", [0, 99, 1_000_001])
def test_a_city_of_no_size_is_refused(workers: int) -> None:
    with pytest.raises(click.ClickException, match="100 to 1,000,000"):
        city.build(workers=workers)


def test_numbers_belong_to_nobody_and_their_check_digits_are_right(town: Flask) -> None:
    workers = db.session.scalars(sa.select(Worker)).all()
    assert len({worker.id_number.reveal() for worker in workers}) == WORKERS
    for worker in workers:
        number = worker.id_number.reveal()
        assert number[-1] == ric.calc_check_digit(number)
        assert number[14:17] == ("000" if worker.sex == "female" else "999")
        assert 19 <= DAY.year - worker.birth_year <= 63
        assert worker.phone.reveal().startswith("1990") or worker.no == 1
    for code in db.session.scalars(sa.select(Firm.uscc)):
        assert uscc.is_valid(code) and code[2:8] == "999999"


def test_a_person_is_born_on_a_birthday_of_her_own() -> None:
    births = Births(Dice("a test", date(2026, 11, 20)), date(2026, 11, 20), people=30_000)
    numbers = [births.next(True, 45)[0] for _ in range(30_000)]
    assert len(set(numbers)) == 30_000
    assert len({number[:6] for number in numbers}) > 2_000


def test_invented_phones_and_codes_do_not_repeat() -> None:
    assert len({shuffled(number, 10_000) for number in range(10_000)}) == 10_000
    assert phone(7) == "19900000007"
    assert credit_code(1) != credit_code(2)
    with pytest.raises(ValueError, match="ten million"):
        phone(10_000_000)


def test_no_worker_is_in_two_places_at_once_travel_included(town: Flask) -> None:
    assert value("""
        SELECT count(*) FROM booking a JOIN booking b ON a.worker_id = b.worker_id AND a.id < b.id
        WHERE tstzrange(lower(a.during) - interval '30 minutes', upper(a.during) + interval '30 minutes')
           && tstzrange(lower(b.during) - interval '30 minutes', upper(b.during) + interval '30 minutes')""") == 0


def test_visits_lie_within_weekly_hours_and_outside_leave(town: Flask) -> None:
    assert value("""
        SELECT count(*) FROM booking b JOIN worker w ON w.id = b.worker_id WHERE b.days IS NULL AND NOT EXISTS (
            SELECT FROM weekly_hours h WHERE h.worker_no = w.no
            AND h.weekday = extract(isodow FROM lower(b.during) AT TIME ZONE 'Asia/Shanghai')
            AND h.starts <= extract(epoch FROM (lower(b.during) AT TIME ZONE 'Asia/Shanghai')::time) / 60
            AND h.ends >= extract(epoch FROM (upper(b.during) AT TIME ZONE 'Asia/Shanghai')::time) / 60)""") == 0
    assert value("""
        SELECT count(*) FROM booking b JOIN worker w ON w.id = b.worker_id
        JOIN worker_interval i ON i.worker_no = w.no AND i.kind = 'leave' AND i.during && b.during""") == 0


def test_nobody_was_sent_whose_papers_would_not_have_allowed_it(town: Flask) -> None:
    assert value("""
        SELECT count(*) FROM booking b JOIN worker w ON w.id = b.worker_id JOIN service s ON s.code = b.service_code
        WHERE w.identity_verified_on IS NULL OR w.insured_class < s.insurance_class
           OR w.insured_until IS NULL OR w.insured_until < (lower(b.during) AT TIME ZONE 'Asia/Shanghai')::date
           OR s.care AND (w.health_until IS NULL OR w.background_until IS NULL
                OR least(w.health_until, w.background_until) < (lower(b.during) AT TIME ZONE 'Asia/Shanghai')::date)
        """) == 0


def test_the_books_are_right(town: Flask) -> None:
    assert rows("SELECT * FROM ledger_health") == []
    assert value("SELECT sum(amount_fen) FROM posting") == 0
    assert value("""
        SELECT count(*) FROM booking b WHERE state NOT IN ('held', 'asked', 'confirmed', 'under_way', 'served')
        AND (SELECT sum(amount_fen) FROM posting WHERE account = 'escrow:' || b.id) <> 0""") == 0
    paid = value("SELECT sum(amount_fen) FROM payment WHERE booking_id IS NOT NULL")
    back = value("SELECT sum(amount_fen) FROM refund")
    held, kept = value("SELECT sum(-amount_fen) FROM posting WHERE account LIKE 'escrow:%'"), value("""
        SELECT sum(-amount_fen) FROM posting JOIN posting_tx tx ON tx.id = tx_id WHERE tx.kind <> 'swept'
        AND (account IN ('platform_fee', 'promotion', 'bank') OR account LIKE 'firm%')""")
    lost = value("SELECT sum(lost_fen) FROM payment")
    assert paid == back + held + kept + lost
    assert value("SELECT sum(refund_fen) FROM booking") == back + lost


def test_the_ledger_runs_forward_and_ends_every_booking_once(town: Flask) -> None:
    assert value("SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY id) AS back FROM ledger_entry) e"
                 " WHERE back") == 0
    assert value("SELECT max(at) FROM ledger_entry") <= DAY
    told = dict(tuple(row) for row in rows("SELECT fact, count(*) FROM ledger_entry GROUP BY fact"))
    for state in ("completed", "cancelled", "declined", "expired", "worker_absent", "household_absent"):
        assert told.get(f"booking.{state}", 0) == value(f"SELECT count(*) FROM booking WHERE state = '{state}'")
    assert told["review.published"] == value("SELECT count(*) FROM review WHERE published_at IS NOT NULL")
    assert told["document.verified"] == value("SELECT count(*) FROM worker_document WHERE state = 'verified'")
    assert told["payment.released"] == value("SELECT count(*) FROM posting_tx WHERE kind = 'released'")


def test_it_is_like_a_city(town: Flask) -> None:
    bookings = value("SELECT count(*) FROM booking")
    assert 850 < bookings < 1_300
    assert value("SELECT count(*) FROM booking WHERE state = 'completed'") > 0.8 * bookings
    stars = dict(tuple(row) for row in rows(
        "SELECT overall, count(*) FROM review WHERE side = 'household' GROUP BY overall"))
    assert stars[5] > 0.7 * sum(stars.values()) and sum(stars.values()) > 0.5 * bookings
    assert {row.state for row in rows("SELECT DISTINCT state FROM firm")} == {
        "on_platform", "suspended", "applied", "under_review", "returned"}
    assert value("SELECT count(DISTINCT district) FROM worker") == 5
    assert value("SELECT count(*) FROM booking WHERE state = 'confirmed' AND lower(during) > '2026-11-21'") >= 10
    assert value("SELECT count(*) FROM booking WHERE state IN ('held', 'under_way') AND days IS NULL"
                 " AND payable_from IS NULL") == 0


def test_ratings_and_counts_on_cards_are_those_of_the_rows(town: Flask) -> None:
    assert value("""
        SELECT count(*) FROM worker w WHERE completed_count
            <> (SELECT count(*) FROM booking WHERE worker_id = w.id AND state = 'completed')
        OR rating_sum <> (SELECT coalesce(sum(overall), 0) FROM review
                          WHERE worker_id = w.id AND side = 'household' AND published_at IS NOT NULL)""") == 0
    assert value("SELECT count(*) FROM worker w WHERE listed AND card ->> 'completed' <> completed_count::text") == 0


def test_scores_mean_something(town: Flask) -> None:
    grades = {row.grade: row.number for row in rows("SELECT grade, count(*) AS number FROM worker GROUP BY grade")}
    assert {"AA", "A", "B", "C"} <= set(grades)
    assert value("SELECT max(score) - min(score) FROM worker") > 200
    assert value("""
        SELECT corr(score, rating_sum::float / rating_count) FROM worker WHERE rating_count >= 4""") > 0.5


def test_the_demo_people_find_what_the_readme_promises(town: Flask) -> None:
    def account_of(number: str) -> Any:
        return value(f"SELECT id FROM account WHERE phone_index = '\\x{ring().blind('phone', number).hex()}'")

    roles = {last: value(f"SELECT role FROM membership WHERE account_id = '{account_of('1380000000' + last)}'")
             for last in "12345678"}
    assert roles == {"1": "household", "2": "firm_manager", "3": "worker", "4": "federation_auditor",
                     "5": "station_clerk", "6": "trainer", "7": "mediator", "8": "federation_admin"}
    worker = db.session.scalars(sa.select(Worker).where(Worker.account_id == account_of("13800000003"))).one()
    assert worker.district == "321302" and worker.listed and worker.completed_count > 0
    assert value(f"SELECT org_id FROM membership WHERE account_id = '{account_of('13800000002')}'") == worker.firm_id
    household = value(f"SELECT id FROM household WHERE account_id = '{account_of('13800000001')}'")
    assert value(f"SELECT count(*) FROM address WHERE household_id = '{household}' AND region_code = '321302'") > 0
    states = [row.state for row in rows(f"SELECT state FROM booking WHERE household_id = '{household}'")]
    assert states.count("completed") >= 3 and states.count("confirmed") >= 2  # one is paid from its card
    [tomorrow] = rows(f"SELECT household_id, lower(during) AS starts FROM booking WHERE worker_id = '{worker.id}'"
                      " AND state = 'confirmed'")
    assert tomorrow.household_id == household and f"{tomorrow.starts:%F %H:%M}" == "2026-11-21 10:00"  # 18:00 there
    free = ((1 << 16) - 1) << (48 - 18 - 16)  # the sixteen half hours from 09:00 to 17:00
    assert value(f"SELECT count(*) FROM worker_day WHERE worker_no = {worker.no} AND bits & {free} = 0"
                 " AND day BETWEEN '2026-11-21' AND '2026-12-10'") == 20


def test_the_demo_family_has_a_prepaid_card_and_paid_a_visit_from_it(town: Flask) -> None:
    [[state, price, left, used]] = rows("""
        SELECT card.state, card.value_fen, (SELECT -sum(amount_fen) FROM posting WHERE account = 'prepaid:' || card.id),
            (SELECT sum(payment.amount_fen) FROM payment JOIN booking ON booking.id = payment.booking_id
             WHERE payment.from_card_id = card.id AND booking.state = 'confirmed')
        FROM prepaid_card card""")
    assert state == "live" and used > 0 and left == price - used


def test_the_engagement_under_way_has_a_contract_signed_by_every_side(town: Flask) -> None:
    [made] = db.session.scalars(sa.select(Contract).options(selectinload(Contract.signatures))).all()
    assert made.state == "signed" and made.booking.state == "under_way"
    assert {each.party for each in made.signatures} == set(made.sides)
    assert {each.sha256 for each in made.signatures} == {made.sha256}
    assert hashlib.sha256(base64.b64decode(made.paper.reveal())).hexdigest() == made.sha256
    assert made.data["total"] == made.booking.total_fen


def test_the_demo_family_has_a_cleaner_every_week(town: Flask) -> None:
    [series] = rows("SELECT id, state, total_fen FROM series")
    found = rows("SELECT because, booking.state AS booking, booking.total_fen FROM series_occurrence"
                 " LEFT JOIN booking ON booking.id = booking_id ORDER BY day")
    assert series.state == "confirmed" and len(found) == 8 and found[0].booking == "confirmed"
    held = [row for row in found if row.booking == "held"]
    assert len(held) >= 4, found
    assert {row.total_fen for row in held} == {series.total_fen}


def test_what_was_paid_can_be_given_back_by_the_stand_in(town: Flask) -> None:
    payment = rows("SELECT intent_id, amount_fen FROM payment LIMIT 1")[0]
    intent = paid_before(payment.intent_id)
    assert intent is not None
    assert (intent["amount_received"], intent["status"]) == (payment.amount_fen, "succeeded")
    assert paid_before("pi_3f2a") is None


def test_a_survey_found_a_thousand_firms_and_the_federation_has_work_with_some(town: Flask) -> None:
    codes = [row.uscc for row in rows("SELECT uscc FROM register_entry WHERE uscc IS NOT NULL")]
    assert value("SELECT count(*) FROM register_entry") == 1000 and all(map(uscc.is_valid, codes))
    assert value("""SELECT count(*) FROM register_entry e JOIN firm f ON f.id = e.firm_id
                    WHERE e.uscc <> f.uscc OR e.name <> f.name""") == 0
    assert value("SELECT count(*) FROM register_entry WHERE firm_id IS NOT NULL") >= 8
    assert value("SELECT count(*) FROM grading WHERE state = 'published'") >= 4
    assert value("""
        SELECT count(*) FROM grading g WHERE points <> (SELECT sum(self_points) FROM grading_score
                                                        WHERE grading_id = g.id)""") == 0
    assert value("SELECT count(*) FROM grading WHERE grade IS NOT NULL AND grade <> CASE WHEN points >= 90 THEN 5 "
                 "WHEN points >= 80 THEN 4 WHEN points >= 70 THEN 3 WHEN points >= 60 THEN 2 ELSE 1 END") == 0
    assert value("""SELECT count(*) FROM grading_score s, unnest(s.evidence) AS paper
                    WHERE NOT EXISTS (SELECT 1 FROM media WHERE id = paper)""") == 0
    assert value("SELECT count(DISTINCT state) FROM firm_visit") >= 4


def test_the_newest_rule_waits_in_shadow_with_everybody_in_its_tables(town: Flask) -> None:
    city.propose()
    [entry] = rows("SELECT id, subject FROM ledger_entry WHERE fact = 'rule.drafted'")
    governance.shadow(entry_id=entry.id)
    db.session.commit()
    made = governance_queries.get(UUID(entry.subject.partition(":")[2]))
    assert (made.version, made.state, made.against) == ("v1.1", "shadowed", "v1")
    assert made.scored == made.to_score == value("SELECT count(*) FROM standing") + value(
        "SELECT count(*) FROM firm_standing")
    assert made.shadow is not None
    moved, people = made.shadow["workers"]["displacement"], value("SELECT count(*) FROM standing")
    assert sum(count for row in moved.values() for count in row.values()) == people == sum(
        each["n"] for each in made.shadow["fairness"]["sex"])


def test_the_competitions_of_a_season_can_be_ranked_and_drawn_again_from_what_is_published(town: Flask) -> None:
    bodies = [json.loads(row.body) for row in rows("SELECT body FROM competition_result")]
    assert sorted(body["level"] for body in bodies) == ["city"] + ["county"] * 5
    for body in bodies:
        assert ranking.results(body["rule"], body["raw"]) == body["ranks"]
        assert hashlib.sha256(canonical(body["raw"])).hexdigest() == body["raw_sha256"]
        seed = bytes.fromhex(body["draw"]["seed"])
        for event in {each["event"] for each in body["raw"]}:
            drawn = {each["entrant"]: each["number"] for each in body["raw"] if each["event"] == event}
            assert draw.numbers(seed, event, drawn) == drawn
    [city_] = [body for body in bodies if body["level"] == "city"]
    assert len(city_["judges"]) == 5 and all(len(row["dropped"]) == 2 for row in city_["ranks"])
    assert value("SELECT count(*) FROM competition WHERE state <> 'final'") == 0


def test_everybody_who_competed_was_let_in_by_the_rules(town: Flask) -> None:
    assert value("""
        SELECT max(number) FROM (SELECT count(*) AS number FROM competition_entrant GROUP BY competition_id, firm_id) f
        """) <= 20
    assert value("SELECT count(*) FROM competition_entrant e JOIN worker w ON w.id = e.worker_id"
                 " WHERE w.created_at > e.entered_at") == 0
    assert value("""
        SELECT count(*) FROM competition_entrant e JOIN competition c ON c.id = e.competition_id AND c.level = 'city'
        WHERE NOT EXISTS (SELECT FROM competition_entrant b JOIN competition k ON k.id = b.competition_id
                          WHERE k.parent_id = c.id AND b.worker_id = e.worker_id AND b.event = e.event
                          AND b.rank <= (c.admission -> 'qualify' ->> 'best')::int)""") == 0
    medals = value("SELECT count(*) FROM competition_honour WHERE kind = 'medal'")
    assert medals == value("SELECT count(*) FROM competition_entrant WHERE medal IS NOT NULL") > 20
    assert value("SELECT count(*) FROM worker w WHERE jsonb_array_length(honours)"
                 " <> (SELECT count(*) FROM competition_honour WHERE worker_id = w.id)") == 0
    assert value("SELECT count(*) FROM worker WHERE card -> 'honours' <> honours") == 0
    assert value("SELECT count(*) FROM credit_event WHERE type = 'award'") == value(
        "SELECT count(*) FROM ledger_entry WHERE fact IN ('competition.medal_awarded', 'competition.title_named')"
        " AND data ->> 'level' IS NOT NULL") > 5


def test_five_years_of_families_and_the_firms_surveyed_are_counted_from_their_answers(town: Flask) -> None:
    client = town.test_client()
    points = client.get("/api/v1/surveys/series/family_satisfaction").json["points"]  # type: ignore[index]
    assert [each["year"] for each in points] == [2022, 2023, 2024, 2025, 2026]
    first, last = points[0], points[-1]
    assert first["low_permyriad"] < 7600 < first["high_permyriad"] and last["low_permyriad"] < 8500 < last[
        "high_permyriad"]
    for each in points:
        good = rows(f"""SELECT count(*) AS n, count(*) FILTER (WHERE answers->>'overall' IN ('very', 'rather')) AS good
                        FROM survey_answer WHERE survey_id = '{each["survey_id"]}'""")[0]
        assert each["n"] == good.n and abs(each["permyriad"] / 10_000 - good.good / good.n) < 0.05
    [firms] = client.get("/api/v1/surveys/series/firm_baseline").json["points"]  # type: ignore[index]
    assert firms["invited"] == 1000 and firms["n"] == rows(
        f"SELECT count(*) AS n FROM survey_answer WHERE survey_id = '{firms['survey_id']}'")[0].n


def test_everybody_was_trained_once_and_the_figures_are_counted(town: Flask) -> None:
    told = town.test_client().get("/api/v1/courses/statistics").json
    assert told is not None and told["trained"] == WORKERS
    assert told["sessions"] == rows("SELECT count(*) AS n FROM course_session WHERE state = 'finished'")[0].n
    assert told["passed"] == rows("SELECT count(*) AS n FROM certificate WHERE state = 'issued'")[0].n


def test_what_stations_did_is_counted_from_their_rows_and_nothing_passes_its_limit(town: Flask) -> None:
    client = town.test_client()
    placed = client.get("/api/v1/openings/statistics").json
    assert placed is not None and placed["placed"] == value(
        "SELECT count(*) FROM job_application WHERE state IN ('placed', 'confirmed') AND placed_on <= current_date")
    assert placed["placed"] == sum(each["placed"] for each in placed["regions"]) > placed["introduced"] > 0
    assert value("SELECT count(*) FROM job_opening o WHERE filled <> (SELECT count(*) FROM job_application"
                 " WHERE opening_id = o.id AND state IN ('placed', 'confirmed'))") == 0
    held = client.get("/api/v1/activities/statistics").json
    assert held is not None and held["came"] == value(
        "SELECT count(*) FROM activity_place WHERE state = 'attended'") >= held["people"] > 0
    assert value("SELECT count(*) FROM activity a WHERE taken <> (SELECT count(*) FROM activity_place"
                 " WHERE activity_id = a.id AND state IN ('signed', 'attended', 'absent'))") == 0
    made = client.get("/api/v1/handwork-orders/statistics").json
    assert made is not None and made["earned"]["amount"] == value(
        "SELECT sum(t.accepted * o.unit_fen) FROM handwork_take t JOIN handwork_order o ON o.id = t.order_id") > 0
    assert value("SELECT count(*) FROM handwork_order o WHERE pieces - free <> (SELECT sum(coalesce(accepted, pieces))"
                 " FROM handwork_take WHERE order_id = o.id)") == 0
    assert value("SELECT count(*) FROM desk_day d WHERE last <> (SELECT count(*) FROM desk_ticket t WHERE"
                 " t.station_id = d.station_id AND t.day = d.day) OR last <> (SELECT max(number) FROM desk_ticket t"
                 " WHERE t.station_id = d.station_id AND t.day = d.day)") == 0
    assert value("SELECT count(*) FROM desk_ticket WHERE state = 'served'") > 100
