"""Competitions, entrants and jury; sheets, corrections, results; objections and honours."""

from qiaojiejie.competitions.models.competitions import Competition, CompetitionEvent
from qiaojiejie.competitions.models.entrants import CompetitionEntrant, CompetitionObjection
from qiaojiejie.competitions.models.jury import CompetitionCorrection, CompetitionJudge, CompetitionSheet
from qiaojiejie.competitions.models.results import CompetitionHonour, CompetitionResult

__all__ = ["Competition", "CompetitionCorrection", "CompetitionEntrant", "CompetitionEvent", "CompetitionHonour",
           "CompetitionJudge", "CompetitionObjection", "CompetitionResult", "CompetitionSheet"]
