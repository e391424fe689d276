"""The replay: from lines of the exported ledger to every standing, and what must not change any of them."""

import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiaojiejie.credit import replay, rules
from tests.credit.city import ALL, DAY, FIRMS, HOUSEHOLDS, WORKERS, Line, event, ledgers, seeds, settle

MONTH = 19_997  # 2024-10-01
ISO = (date(1970, 1, 1).fromordinal(date(1970, 1, 1).toordinal() + MONTH)).isoformat()
SOURCE = Path(replay.__file__).parents[2]


def calibration(**more: Any) -> Line:
    """A published month."""
    return {"seq": 10**6, "t": MONTH, "type": "calibration", "month": ISO, "rule": "v1", "tables": rules.tables({}),
            "counts": {}, "firms": {"f_x": -200}, "market": -150,
            "raters": {household: 250 for household in HOUSEHOLDS}, **more}


def appeal(ref: int, subject: str) -> Line:
    """An upheld appeal of the last day."""
    return {"seq": 10**5, "t": DAY, "type": "appeal_upheld", "subject": subject, "ref": ref}


def order(n: int, t: int, household: str = "h_0", worker: str = "p_a", **more: Any) -> list[Line]:
    """An order and its rating of five fives."""
    told = {"t": t, "subject": worker, "firm": "f_x", "category": "cleaning", "order": f"o_{n}", "household": household}
    return [{**told, "type": "order_completed", "punctuality": "on_time", **more},
            {**told, "type": "rating", "overall": 5, "aspects": [5] * 5}]


def of(standings: list[dict[str, Any]], subject: str) -> dict[str, Any]:
    """One's standing."""
    return next(each for each in standings if each["subject"] == subject)


@pytest.mark.parametrize(("prefix", "kind"), ALL)
@settings(max_examples=25)
@given(told=ledgers, seed=seeds)
def test_what_an_appeal_voids_never_happened_to_anybody(prefix: str, kind: str, told: list[Line], seed: int) -> None:
    chance = random.Random(seed)
    place = chance.randint(5, len(told))
    line = {"seq": told[place - 1]["seq"] + 5, **event(chance, kind, prefix)}
    for published in ([], [calibration()]):
        without = replay.run([*told, *published], as_of=DAY)
        voided = replay.run([*told[:place], line, *told[place:], appeal(line["seq"], line["subject"]), *published],
                            as_of=DAY)
        assert voided == without


@settings(max_examples=60)
@given(ledgers, seeds)
def test_how_keys_are_spelled_changes_nothing(told: list[Line], seed: int) -> None:
    keys = sorted({value for line in told for value in line.values() if isinstance(value, str) and value[1:2] == "_"})
    other = {key: f"{key[:2]}{new}" for key, new in zip(
        keys, random.Random(seed).sample(range(10**6), len(keys)), strict=True)}
    renamed = [{name: other.get(value, value) if isinstance(value, str) else value for name, value in line.items()}
               for line in told]
    expected = sorted(({**each, "subject": other[each["subject"]]} for each in replay.run(told, as_of=DAY)),
                      key=lambda each: each["subject"])
    assert replay.run(renamed, as_of=DAY) == expected


@settings(max_examples=60)
@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_is_that_of_their_numbers(told: list[Line], chance: random.Random) -> None:
    shuffled = told[:]
    chance.shuffle(shuffled)
    assert replay.run(shuffled, as_of=DAY) == replay.run(told, as_of=DAY)


def test_hash_seed_and_locale_change_no_byte_and_nothing_but_python_is_needed(tmp_path: Path) -> None:
    chance = random.Random(7)
    told = settle([line for n in range(80) for line in order(
        n, DAY - chance.randrange(600), chance.choice(HOUSEHOLDS), chance.choice(WORKERS))])
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text("".join(json.dumps(line) + "\n" for line in told))
    code = ("import runpy, sys; sys.path.insert(0, sys.argv.pop(1))\n"
            "try: runpy.run_module('qiaojiejie.credit.replay', run_name='__main__')\n"
            "finally: assert not {'flask', 'sqlalchemy', 'psycopg'} & sys.modules.keys()")
    outputs = set()
    for seed, locale in (("0", "C"), ("1", "C"), ("0", "zh_CN.UTF-8"), ("1", "zh_CN.UTF-8")):
        with ledger.open("rb") as lines:
            done = subprocess.run([sys.executable, "-s", "-S", "-c", code, str(SOURCE), "--as-of", str(DAY)],
                                  stdin=lines, capture_output=True, check=True,
                                  env={"PYTHONHASHSEED": seed, "LC_ALL": locale})
        outputs.add(done.stdout)
    assert len(outputs) == 1
    expected = [json.dumps(each, sort_keys=True, separators=(",", ":")) for each in replay.run(told, as_of=DAY)]
    assert outputs.pop().decode().splitlines() == expected
    assert [json.loads(line)["subject"] for line in expected] == [*FIRMS, *WORKERS]


@pytest.mark.parametrize(("line", "why"), [
    ("{", "line 2: Expecting"), ("[1]", "not one object"), ("", "Expecting value"),
    ("{} {}", "not one object"), ('{"seq":1.5,"t":1,"type":"x"}', "1.5 is not a whole number"),
    ('{"seq":"2","t":1,"type":"x"}', "seq must be a whole number"), ('{"seq":2,"t":true,"type":"x"}', "t must be"),
    ('{"seq":10,"t":1,"type":"x"}', "seq 10 was on an earlier line"),
    ('{"seq":2,"t":1,"type":"no_show"}', "no_show: subject must be a string"),
    ('{"seq":2,"t":1,"type":"award","subject":"p_a","level":4}', "award: level must be 1 to 3"),
    ('{"seq":2,"t":1,"type":"award","subject":"p_a","level":"1"}', "award: level must be a whole number"),
    ('{"seq":2,"t":1,"type":"award","subject":"p_a","salt":"00"}', "award: level must be a whole number"),
    ('{"seq":2,"t":1,"type":"rating","subject":"p_a","household":"h_1","firm":"f_x","category":"c","order":"o_1",'
     '"aspects":[5,5,5,5,6]}', "five marks"),
    (b'{"seq":2,"t":1,"type":"\xff"}', "line 2: "),
])
def test_a_bad_line_is_refused_and_named(line: str | bytes, why: str) -> None:
    with pytest.raises(rules.BadLine, match="^line 2: ") as refused:
        replay.run([json.dumps(settle([])[0]), line], as_of=DAY)
    assert why in str(refused.value)


def test_a_line_whose_opening_was_deleted_and_types_of_other_readers_have_no_effect() -> None:
    told = settle(order(1, DAY - 3))
    before = replay.run(told, as_of=DAY)
    gone = {"seq": 900, "t": DAY - 2, "type": "complaint_substantiated", "subject": "p_a", "n": 9, "firm": "f_x",
            "category": "cleaning", "order": "o_1", "index": 9}
    other = {"seq": 901, "t": DAY, "type": "order_paid", "subject": "p_new", "order": "o_1"}
    assert replay.run([*told, gone, other], as_of=DAY) == before


def test_what_comes_after_the_day_has_not_happened() -> None:
    told = settle([*order(1, DAY - 30), {"type": "blacklist_on", "t": DAY, "subject": "p_a"}])
    assert of(replay.run(told, as_of=DAY), "p_a")["score"] == 299
    assert of(replay.run(told, as_of=DAY - 1), "p_a")["score"] > 299


def test_the_newest_published_month_is_used_and_a_file_or_nothing_instead_when_asked(tmp_path: Path) -> None:
    told = settle(order(1, DAY - 30))
    low, late = calibration(raters={"h_0": 60}), calibration(seq=10**6 + 1, month="2999-01-01", raters={"h_0": 1000})
    full = calibration(raters={})
    neff = {name: of(replay.run(lines, as_of=DAY, **more), "p_a")["neff"] for name, lines, more in (
        ("low", [*told, low, late], {}), ("file", [*told, low], {"calibrations": [full]}),
        ("own", [*told, low], {"recalibrate": True}))}
    assert neff == {"low": 57, "file": 962, "own": 481}  # a month old; one order ever weighs half
    path = tmp_path / "months.jsonl"
    path.write_text(json.dumps(low) + "\n" + json.dumps(late) + "\n")
    assert [each["month"] for each in replay._calibrations(str(path))] == [ISO, "2999-01-01"]


def test_a_household_new_since_the_month_weighs_half_and_one_whose_order_was_voided_since_stays_known() -> None:
    month = calibration(raters={})
    fresh = replay.run([*settle(order(1, DAY - 1)), month], as_of=DAY)
    assert of(fresh, "p_a")["neff"] == 500
    told = settle([*order(1, MONTH - 40), *order(2, DAY - 1, worker="p_b")])
    assert of(replay.run([*told, month, appeal(told[5]["seq"], "p_a")], as_of=DAY), "p_b")["neff"] == 1000
    early = {**appeal(told[5]["seq"], "p_a"), "t": MONTH - 1}
    assert of(replay.run([*told, month, early], as_of=DAY), "p_b")["neff"] == 500


def test_the_rule_is_the_one_in_force_and_must_be_at_hand() -> None:
    told = settle([])
    v1 = {"seq": 70, "t": DAY - 9, "type": "rule_activation", "version": "v1", "hash": rules.V1.hash, "from": DAY - 5}
    other = {**v1, "seq": 80, "version": "v9", "hash": "0", "from": DAY}
    assert replay.run([*told, v1, other], as_of=DAY - 1) == replay.run(told, as_of=DAY - 1)
    with pytest.raises(ValueError, match="rule v9 with hash 0 is in force"):
        replay.run([*told, v1, other], as_of=DAY)
    with pytest.raises(ValueError, match="rule v1 with hash beef"):
        replay.run([*told, {**v1, "hash": "beef"}], as_of=DAY)
    kinder = rules.load({**rules.V1.data, "version": "kind", "score": {"centre": 900, "slope": 250, "most": 1000}})
    assert of(replay.run([*told, other], as_of=DAY, rule=kinder), "p_a")["score"] == 812


def test_a_notice_holds_a_fall_back_until_its_day() -> None:
    papers = [{"t": DAY - 600, "subject": "p_a", "type": kind, "result": "clear"} for kind in (
        "identity_verified", "background_check", "health_cert")]
    held = {"score": 712, "grade": "B", "reasons": [{"code": "F22", "points": -88}], "neff": 0, "households": 0}
    told = settle([*papers, *({"t": DAY, "subject": "p_a", "type": "no_show"} for _ in range(9)),
                   {"t": DAY, "subject": "p_a", "type": "fall_noticed", **held, "until": DAY + 15}])
    assert of(replay.run(told, as_of=DAY + 14), "p_a") == {"subject": "p_a", **held}
    assert of(replay.run(told, as_of=DAY + 15), "p_a")["grade"] == "D"
    blocked = {"seq": 990, "t": DAY, "subject": "p_a", "type": "blacklist_on"}
    assert of(replay.run([*told, blocked], as_of=DAY), "p_a")["score"] == 299


def test_the_command_says_what_it_refuses(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "qiaojiejie.credit.replay", "--as-of", "2024-10-04"]
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(run, input=b"nonsense\n", capture_output=True, env=env, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"line 1: ")
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(rules.V1.data))
    lines = "\n".join(json.dumps(line) for line in settle([])).encode()
    done = subprocess.run([*run, "--rule", str(path)], input=lines, capture_output=True, env=env, check=True)
    assert json.loads(done.stdout.splitlines()[0])["subject"] == "f_x"
