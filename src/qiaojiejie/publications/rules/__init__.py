"""Periods, honest numbers, and the tables, workbook and paper made of one period's figures. Pure."""

from qiaojiejie.core.rates import rate
from qiaojiejie.publications.rules.numbers import SHOWN_FROM, suppressed
from qiaojiejie.publications.rules.periods import (KINDS, MONTHLY, QUARTERLY, SETTLES_DAYS, Period, containing, parse,
                                                   to_publish)
from qiaojiejie.publications.rules.tables import DEFINITIONS, GRADES, LOW_MARK, Column, Table, tables, title

__all__ = ["DEFINITIONS", "GRADES", "KINDS", "LOW_MARK", "MONTHLY", "QUARTERLY", "SETTLES_DAYS", "SHOWN_FROM", "Column",
           "Period", "Table", "containing", "parse", "rate", "suppressed", "tables", "title", "to_publish"]
