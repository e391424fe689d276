"""From answers to shares: weighted by stratum, with their interval. Pure, exact.

Post-stratification: an answer of a stratum stands for frame ÷ answers people of it, so that a district which answers
more does not count for more. The interval is Wilson's at 95 % with Kish's effective number of answers,
(Σw)² ÷ Σw² (Kish, Survey Sampling, 1965, 11.7), in place of n.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from qiaojiejie.core import rates


def tally(questions: Sequence[Mapping[str, Any]], strata: Sequence[Mapping[str, Any]], invited: Mapping[str, int],
          answered: Mapping[str, int], counts: Mapping[tuple[str, str, str], int]) -> dict[str, Any]:
    """A survey's results.

    ``invited`` and ``answered``: by stratum. ``counts``: (stratum, question, option) → answers. Strata that nobody
    answered stand for nobody, and are named in ``uncovered``.
    """
    frame = {each["code"]: each["frame"] for each in strata}
    covered = [code for code in frame if answered.get(code)]
    n, asked = sum(answered.values()), sum(invited.values())
    effective = effective_size([(frame[code], answered[code]) for code in covered])
    return {
        "frame": sum(frame.values()), "invited": asked, "n": n, "response": rates.rate(n, asked)["permyriad"],
        "effective_n": str(round(float(effective), 1)), "uncovered": [code for code in frame if code not in covered],
        "strata": [{**each, "invited": invited.get(each["code"], 0), "answered": answered.get(each["code"], 0)}
                   for each in strata],
        "questions": [_question(each, frame, covered, answered, effective, counts) for each in questions]}


def effective_size(strata: Sequence[tuple[int, int]]) -> Fraction:
    """Kish's effective number of answers of (frame, answers) by stratum; 0 of nothing."""
    squares = sum((Fraction(frame * frame, n) for frame, n in strata), Fraction(0))
    return Fraction(sum(frame for frame, _ in strata) ** 2) / squares if squares else Fraction(0)


def _question(question: Mapping[str, Any], frame: Mapping[str, int], covered: Sequence[str],
              answered: Mapping[str, int], effective: Fraction,
              counts: Mapping[tuple[str, str, str], int]) -> dict[str, Any]:
    def told(options: Sequence[str]) -> dict[str, Any]:
        of = {code: sum(counts.get((code, question["code"], option), 0) for option in options) for code in covered}
        whole = sum(frame[code] for code in covered)
        share = sum((Fraction(frame[code] * of[code], answered[code]) for code in covered), Fraction(0))
        return {"n": sum(of.values()), **rates.weighted(share / whole if whole else Fraction(0), effective)}

    return {"code": question["code"], "text": question["text"], "text_en": question["text_en"],
            "good": told(question["good"]) if question["good"] else None,
            "options": [{**option, **told([option["code"]])} for option in question["options"]]}
