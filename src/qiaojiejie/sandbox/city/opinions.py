"""What family and worker said of each other afterwards: mostly five stars, as in life."""

from datetime import datetime

from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.reviews import facts
from qiaojiejie.reviews.models import ASPECTS, Review
from qiaojiejie.reviews.rules import HIDDEN_FOR
from qiaojiejie.sandbox.city import load, words
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.outcomes import Told

#: A family's pleasure from which it gives 5, 4, 3, 2 marks; below the last, 1.
MARKS = ((-0.75, 5), (-1.45, 4), (-2.0, 3), (-2.6, 2))


def marks(pleasure: float) -> int:
    """1 to 5 for a pleasure of about −4 to 3."""
    return next((mark for least, mark in MARKS if pleasure >= least), 1)


class Opinions:
    """Writes the reviews of completed visits and publishes those whose time has come."""

    def __init__(self, dice: Dice, diary: load.Diary) -> None:
        self._dice, self._diary = dice, diary
        self._rows: list[load.Row] = []

    def ask(self, told: Told) -> None:
        """Both sides may write; three families in five do, one worker in three."""
        if told.row["state"] != "completed":
            return
        demo = told.visit.hand.no == 1
        written = [row for row in (self._of_worker(told, 0.75 if demo else 0.6), self._of_family(told, 0.35)) if row]
        if not written:
            return
        both = max(row["written_at"] for row in written) if len(written) == 2 else self._dice.as_of
        for row in written:
            row["publish_at"] = row["written_at"] + HIDDEN_FOR
            shown = min(row["publish_at"], both)
            row["published_at"] = shown if shown < self._dice.as_of else None
            if row["published_at"]:
                self._note_published(told, row)
        self._rows += written

    def flush(self) -> None:
        """COPY the reviews."""
        load.put(Review, self._rows)

    def _of_worker(self, told: Told, share: float) -> load.Row | None:
        """The family's marks for her; who is cross writes more often."""
        pleasure = told.visit.pleasure
        if not self._dice.chance(share + (0.2 if pleasure < -1.4 else 0)):
            return None
        overall = marks(pleasure)
        aspects = dict.fromkeys(ASPECTS, overall)
        if self._dice.chance(0.45 if overall == 5 else 0.9):
            aspects = {name: marks(pleasure + self._dice.gauss(0.15, 0.4)) for name in ASPECTS}
        if told.late_minutes >= 10:
            aspects["punctuality"] = min(aspects["punctuality"], self._dice.choice((2, 3, 4)))
        said = words.PRAISE if overall == 5 else words.FAIR if overall >= 3 else words.POOR
        return self._write(told, "household", overall, aspects, said)

    def _of_family(self, told: Told, share: float) -> load.Row | None:
        if not self._dice.chance(share):
            return None
        overall = self._dice.choices((5, 4, 3), (88, 10, 2))[0]
        return self._write(told, "worker", overall, dict.fromkeys(ASPECTS, overall), words.OF_FAMILY)

    def _write(self, told: Told, side: str, overall: int, aspects: dict[str, int],
               said: tuple[str, ...]) -> load.Row | None:
        at: datetime = told.row["closed_at"] + self._dice.minutes(10, 5 * 24 * 60)
        if at >= self._dice.as_of:
            return None
        visit = told.visit
        row: load.Row = {
            "id": self._dice.id_at(at), "booking_id": visit.id, "household_id": visit.family.id,
            "worker_id": visit.hand.id, "side": side, "overall": overall, **aspects,
            "words": self._dice.choice(said), "written_at": at}
        author = visit.family.account if side == "household" else visit.hand.account
        self._diary.note(at, facts.WRITTEN, f"booking:{visit.id}", f"account:{author}",
                         {"review": str(row["id"]), "side": side})
        return row

    def _note_published(self, told: Told, row: load.Row) -> None:
        self._diary.note(row["published_at"], facts.PUBLISHED, told.subject, SYSTEM, {
            "review": str(row["id"]), "side": row["side"], **told.about, "overall": row["overall"],
            "aspects": {name: row[name] for name in ASPECTS}})
