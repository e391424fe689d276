"""What is verified of a worker, worked out from her papers. Pure."""

from collections.abc import Iterable
from typing import Any

DOCUMENT_KINDS = ("identity", "health", "insurance", "background", "certificate")

#: what a background check may conclude; never what was found
CONCLUSIONS = ("clear", "not_clear")

#: kinds that are worth nothing without the day they end on
DATED = ("health", "insurance", "background")


def verified(kind: str, papers: Iterable[Any]) -> dict[str, Any]:
    """The worker's columns that her papers of one kind in state ``verified`` amount to.

    Of several, the one that lasts longest counts; of background checks, the one reviewed last.
    """
    found = [paper for paper in papers if paper.kind == kind and paper.state == "verified"]
    if kind == "identity":
        return {"identity_verified_on": max((paper.reviewed_on for paper in found), default=None)}
    if kind == "background":
        last = max(found, key=lambda paper: paper.reviewed_at, default=None)
        return {"background_until": last.valid_until if last is not None and last.conclusion == "clear" else None}
    longest = max(found, key=lambda paper: (paper.valid_until, paper.insurance_class or 0), default=None)
    until = longest.valid_until if longest is not None else None
    if kind == "health":
        return {"health_until": until}
    return {"insured_until": until, "insured_class": longest.insurance_class if longest is not None else None}
