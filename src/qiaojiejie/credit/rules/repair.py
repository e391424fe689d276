"""How long a finding is displayed, and from when its repair may be asked for: by severity."""

from qiaojiejie.credit.rules.ruleset import V1, Event, RuleSet


def displayed(event: Event, as_of: int, rule: RuleSet = V1) -> bool:
    """May an event be shown to others on a day? A minor complaint never; a graver one for a year or three; the gravest
    until it is repaired. Everything else may. (What was repaired is displayed no more, whatever its age.)"""
    if event["type"] != "complaint_substantiated":
        return True
    days: int | None = rule.data["repair"]["displayed_days"][event["severity"] - 1]
    return days is None or as_of - event["t"] < days


def repairable_from(event: Event, rule: RuleSet = V1) -> int | None:
    """The first day on which repair of an upheld complaint may be asked for; None: a minor one falls out of use by
    itself, the gravest only by the authority's document."""
    days: int | None = rule.data["repair"]["from_days"][event["severity"] - 1]
    return None if days is None else event["t"] + days


def out_of_use_from(event: Event, rule: RuleSet = V1) -> int | None:
    """The day from which an upheld complaint falls out of use by itself; None: it does not."""
    minor: int = rule.data["complaint"]["minor_out_of_use_days"]
    return event["t"] + minor if event["severity"] == 1 else None
