"""What would lead to a better grade: each step scored by the rule itself on events that have not happened."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.evidence import firm_of, in_date, in_use
from qiaojiejie.credit.rules.repair import out_of_use_from, repairable_from
from qiaojiejie.credit.rules.ruleset import V1, Event, RuleSet
from qiaojiejie.credit.rules.scoring import score

_EPOCH = date(1970, 1, 1).toordinal()
_PAPERS: dict[str, dict[str, Any]] = {
    "R01": {"type": "identity_verified"}, "R02": {"type": "background_check", "result": "clear"},
    "R03": {"type": "health_cert"}}


class Case(NamedTuple):
    """A worker on a day: her events, those of them in use, and the standing they make."""

    events: list[Event]
    live: list[Event]
    as_of: int
    inputs: Mapping[str, Any]
    rule: RuleSet
    now: dict[str, Any]

    def with_(self, more: Iterable[Mapping[str, Any]], day: int | None = None) -> dict[str, Any]:
        """The standing if these things, too, had happened, on a later day if one is named."""
        seq = max((event["seq"] for event in self.events), default=0)
        added = [{"t": self.as_of, **each, "seq": seq + n} for n, each in enumerate(more, 1)]
        told = self.events if day is None else [self._kept(event) for event in self.events]
        return score([*told, *added], as_of=self.as_of if day is None else day, inputs=self.inputs, rule=self.rule)

    def _kept(self, event: Event) -> Event:
        """A paper in date is taken to be renewed."""
        dated = event.get("valid_until") is not None and in_date(event, self.as_of)
        return {**event, "valid_until": None} if dated else event

    def step(self, code: str, then: Mapping[str, Any], **params: Any) -> dict[str, Any]:
        """A step in words, and the score and grade it would lead to."""
        said = {name: value if isinstance(value, dict) else {"zh": value, "en": value}
                for name, value in params.items()}
        words = {language: self.rule.data["steps"][code][language].format(
            **{name: value[language] for name, value in said.items()}) for language in ("zh", "en")}
        return {"code": code, "words": words, "params": params, "score": then["score"], "grade": then["grade"]}


def what_if(events: Iterable[Event], *, as_of: int, inputs: Mapping[str, Any],
            rule: RuleSet = V1) -> list[dict[str, Any]]:
    """Steps that would raise a worker's score or grade: [{code, words: {zh, en}, params, score, grade}].

    No promise: each is what the rule gives today if only that happened, with everything else as it is.
    """
    told = list(events)
    now = score(told, as_of=as_of, inputs=inputs, rule=rule)
    case = Case(told, in_use(told, as_of, rule), as_of, inputs, rule, now)
    found = [*_papers(case), *_orders(case), *_complaints(case), *_fading(case), *_certificate(case)]
    return [step for step in found if step["score"] > now["score"] or rule.worse(now["grade"], step["grade"])]


def _missing(case: Case) -> list[dict[str, Any]]:
    return [_PAPERS[gate["code"]] for gate in case.now["gates"] if gate["code"] in _PAPERS]


def _papers(case: Case) -> Iterator[dict[str, Any]]:
    codes = [gate["code"] for gate in case.now["gates"] if gate["code"] in _PAPERS]
    if codes:
        words = case.rule.data["words"]
        named = {"zh": "、".join(words[code]["zh"] for code in codes),
                 "en": ", ".join(words[code]["en"] for code in codes)}
        yield case.step("W01", case.with_(_missing(case)), papers=named)


def _orders(case: Case) -> Iterator[dict[str, Any]]:
    """The fewest orders of new families, marked as is usual, that reach a better grade; with all papers."""
    missing, rule = _missing(case), case.rule
    start = case.with_(missing)["grade"] if missing else case.now["grade"]
    category = _category(case)
    mark = _usual(case.inputs["tables"].get(category, case.inputs["tables"]["*"])["z"], rule)
    for n in range(1, rule.data["steps"]["most_orders"] + 1):
        then = case.with_([*missing, *(event for each in range(n) for event in _order(case, each, category, mark))])
        if rule.worse(start, then["grade"]):
            yield case.step("W03" if missing else "W02", then, orders=n, marks=mark)
            return


def _category(case: Case) -> str:
    """What she mostly does, the latest first among equals."""
    orders = [event["category"] for event in case.live if event["type"] == "order_completed"]
    return max(Counter(reversed(orders)).items(), key=lambda pair: pair[1], default=("*", 0))[0]


def _usual(z: list[int], rule: RuleSet) -> int:
    """The sum of marks that is worth nearest to nothing: what most give."""
    return rule.data["marks"]["least"] + min(range(len(z)), key=lambda n: (abs(z[n]), n))


def _order(case: Case, n: int, category: str, mark: int) -> list[dict[str, Any]]:
    told = {"order": f"?{n}", "household": f"?{n}", "firm": firm_of(case.live), "category": category, "hh_n": 0}
    return [{**told, "type": "order_completed", "punctuality": "on_time", "k_worker": 0, "k_firm": 0},
            {**told, "type": "rating", "overall": mark // 5, "hh_dev_milli": 0,
             "aspects": [mark // 5 + (place < mark % 5) for place in range(5)]}]


def _complaints(case: Case) -> Iterator[dict[str, Any]]:
    for event in case.live:
        if event["type"] != "complaint_substantiated":
            continue
        ends, repair = out_of_use_from(event, case.rule), repairable_from(event, case.rule)
        if ends is not None:
            yield case.step("W05", case.with_([], ends), day=_iso(ends), seq=event["seq"])
        elif repair is not None:
            day = max(repair, case.as_of)
            then = case.with_([{"t": day, "type": "credit_repair", "ref": event["seq"]}], day)
            yield case.step("W04", then, day=_iso(day), seq=event["seq"])


def _fading(case: Case) -> Iterator[dict[str, Any]]:
    """The first day on which no-shows and cancellations have faded enough for a better grade."""
    if not any(event["type"] in ("no_show", "cancel_worker") for event in case.live):
        return
    stride = case.rule.data["decay"]["step_days"]
    for day in range(case.as_of + stride, case.as_of + case.rule.data["steps"]["most_days"] + 1, stride):
        then = case.with_([], day)
        if case.rule.worse(case.now["grade"], then["grade"]):
            yield case.step("W06", then, day=_iso(day))
            return


def _certificate(case: Case) -> Iterator[dict[str, Any]]:
    """One national level higher than the best she has; the lowest levels count for nothing, so the first that does."""
    levels = [event["level"] for event in case.live if event["type"] == "certificate" and in_date(event, case.as_of)]
    level = max([*levels, case.rule.data["prior"]["certificate_neutral"]]) + 1
    if level <= 5:
        yield case.step("W07", case.with_([{"type": "certificate", "level": level}]), national=6 - level)


def _iso(day: int) -> str:
    return date.fromordinal(_EPOCH + day).isoformat()
