"""Competitions over HTTP: the competition, its entrants, its jury, its results."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("competitions", description="技能大赛 · Competitions, judged blind, whose results anybody can compute")

from qiaojiejie.competitions.routes import competitions, entrants, jury, results  # noqa: E402, F401
