"""What a questionnaire is made of, and which answers fit it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

#: families with a visit in a period (by SMS), firms of the register, questionnaires handed out at stations
AUDIENCES = ("families", "firms", "handed")
#: days a survey is open at most; reminders
LONGEST, REMINDERS = 90, 2


def fit(questions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether codes are unique and what counts as good is among the options."""
    codes = [each["code"] for each in questions]
    options = [[one["code"] for one in each["options"]] for each in questions]
    return len(set(codes)) == len(codes) and all(
        len(set(those)) == len(those) and set(each["good"]) <= set(those)
        for each, those in zip(questions, options, strict=True))


def answered(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> bool:
    """Whether every question is answered by one of its options, and nothing else is."""
    return set(answers) == {each["code"] for each in questions} and all(
        answers[each["code"]] in {one["code"] for one in each["options"]} for each in questions)


def headline(questions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The question a series shows by year: the first of which some answers are good."""
    return next((each for each in questions if each["good"]), None)
