"""What was seen of a log last time: its key, its witnesses, and the newest checkpoint, in a file of one's own."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from qiaojiejie.credit.audit.site import FORKED, Site, Trouble
from qiaojiejie.transparency import rules

FRESH_SECONDS = 48 * 3600


@dataclass
class Memory:
    """A log as it was known; ``note`` is the newest checkpoint that was found in order, with size and root (hex)."""

    path: Path
    key: str = ""
    witnesses: list[str] = field(default_factory=list)
    size: int = 0
    root: str = rules.EMPTY.hex()
    note: str = ""

    @classmethod
    def open(cls, path: Path) -> "Memory":
        """What the file says; nothing, when there is none yet. Raises Trouble."""
        if not path.exists():
            return cls(path)
        try:
            return cls(path, **json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as broken:
            raise Trouble(f"{path} is no state file of credit-audit: {broken}") from broken

    def meet(self, site: Site, key: str | None, witnesses: Sequence[str]) -> str | None:
        """Know whose log it is: by what was given, else by what was seen last time, else as it says itself; how that
        is to be taken, in words, when it is the first time."""
        if key:
            self.key, self.witnesses = key, list(witnesses) or self.witnesses
        if self.key:
            return None
        status = site.json("/log/status")
        self.key, self.witnesses = status["key"], list(status["witnesses"])
        return (f"first visit: the log's key is taken on trust and kept in {self.path}\n  {self.key}\n"
                "  compare it with what the federation has printed 首次访问，请与妇联公布的公钥核对")

    def check(self, text: str) -> tuple[rules.Note, rules.Checkpoint, dict[rules.Key, int | None]]:
        """A checkpoint signed by the log, and who signed it when. Raises Trouble."""
        try:
            log = rules.parse_key(self.key)
            note = rules.parse_note(text)
            signed = rules.verify_note(note, [log, *map(rules.parse_key, self.witnesses)])
            checkpoint = rules.parse_checkpoint(note.text)
        except rules.BadNote as broken:
            raise Trouble(f"the checkpoint is not in order: {broken} 检查点签名有误") from broken
        if log not in signed or checkpoint.origin != log.name:
            raise Trouble("the checkpoint is not signed by this log's key 检查点不是该日志所签")
        return note, checkpoint, signed

    def contradicts(self, checkpoint: rules.Checkpoint, root_then: bytes | None) -> str | None:
        """Why a checkpoint can't follow the one that was seen last; ``root_then``: its root over as many leaves."""
        if checkpoint.size < self.size:
            return f"the log had {self.size} leaves and now says it has {checkpoint.size}"
        if root_then is not None and root_then.hex() != self.root:
            return f"its first {self.size} leaves are not the ones that were seen before"
        return None

    def keep_both(self, text: str, reason: str) -> Trouble:
        """Keep both notes as files beside the state; what to raise then."""
        stamp = int(time.time())
        first, second = (self.path.with_name(f"{self.path.name}.fork-{stamp}.{name}") for name in ("first", "second"))
        first.write_text(self.note, encoding="utf-8")
        second.write_text(text, encoding="utf-8")
        return Trouble(f"THE LOG CONTRADICTS ITSELF: {reason}\n日志前后矛盾，两份签名证据已保存：\n  {first}\n  {second}\n"
                       "show both to the federation and to whoever else watches this log", FORKED)

    def keep(self, text: str, checkpoint: rules.Checkpoint) -> None:
        """Remember a checkpoint that was found in order."""
        self.size, self.root, self.note = checkpoint.size, checkpoint.root.hex(), text
        said = {name: value for name, value in asdict(self).items() if name != "path"}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self.path)


def place_of(address: str) -> Path:
    """Where the state of a log is kept when no file was named."""
    return Path.home() / ".config" / "credit-audit" / f"{urlsplit(address).netloc.replace(':', '_') or 'log'}.json"


def witnessed(signed: dict[rules.Key, int | None], now: float) -> str:
    """Who witnessed a checkpoint and when, in words."""
    times = {key.name: seen for key, seen in signed.items() if seen is not None}
    if not times:
        return "no witness has cosigned this checkpoint yet 尚无见证人联署"
    newest = max(times.values())
    age = "" if now - newest <= FRESH_SECONDS else " — more than 48 hours ago: do not rely on scores 已超过 48 小时"
    return "; ".join(f"cosigned by {name}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(seen))}"
                     for name, seen in sorted(times.items())) + age
