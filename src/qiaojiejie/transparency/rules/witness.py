"""What a log hands to a witness, as C2SP has it (tlog-witness): old size, consistency proof, checkpoint."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qiaojiejie.transparency.rules.notes import BadNote, Note, parse_note

MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9]\d{0,17})", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9+/]{43}=")


@dataclass(frozen=True)
class Submission:
    """A checkpoint to be cosigned, the size the witness is thought to know, and the proof from that one to this."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @property
    def text(self) -> str:
        """The submission as it is sent."""
        lines = "".join(base64.b64encode(each).decode() + "\n" for each in self.proof)
        return f"old {self.old}\n{lines}\n{self.note.signed}"


def parse_submission(text: str) -> Submission:
    """Read what was sent to ``add-checkpoint``. Raises BadNote."""
    above, gap, note = text.partition("\n\n")
    first, *lines = above.split("\n", MOST_HASHES + 1)
    old = _OLD.fullmatch(first)
    if not gap or old is None or len(lines) > MOST_HASHES or not all(map(_HASH.fullmatch, lines)):
        raise BadNote("a submission is a line \"old N\", hashes, an empty line, and a checkpoint")
    return Submission(int(old[1]), _hashes(lines), parse_note(note))


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(line) for line in lines)
