"""``witness``: sees that the log only grew since last time, cosigns it and hands that in; ``keygen``: a key for it."""

import base64
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from qiaojiejie.credit.audit.memory import Memory
from qiaojiejie.credit.audit.site import UNREACHED, USAGE, Site, Trouble
from qiaojiejie.transparency import rules

SECRET = "PRIVATE+KEY+"


def keygen(path: Path, name: str) -> rules.Key:
    """Write a new secret key into a file nobody else may read; its public half. Raises Trouble."""
    seed = secrets.token_bytes(32)
    try:
        key = rules.key_of(name, rules.WITNESS, seed)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            packed = base64.b64encode(bytes([rules.WITNESS]) + seed).decode()
            file.write(f"{SECRET}{name}+{key.id.hex()}+{packed}\n")
    except FileExistsError as there:
        raise Trouble(f"{path} exists: a key is never written over", USAGE) from there
    except (OSError, rules.BadNote) as broken:
        raise Trouble(f"no key was written: {broken}", USAGE) from broken
    return key


def read_key(path: Path) -> tuple[str, bytes]:
    """Name and seed of a secret key. Raises Trouble."""
    try:
        name, _, packed = path.read_text(encoding="utf-8").strip().removeprefix(SECRET).split("+", 2)
        decoded = base64.b64decode(packed, validate=True)
    except (OSError, ValueError) as broken:
        raise Trouble(f"{path} is no key that `credit-audit keygen` wrote", UNREACHED) from broken
    if len(decoded) != 33 or decoded[0] != rules.WITNESS:
        raise Trouble(f"{path} is no witness's key", UNREACHED)
    return name, decoded[1:]


def witness(*, site: Site, memory: Memory, key: Path, tell: Callable[[str], None]) -> None:
    """Cosign the newest checkpoint if it continues the last one this witness saw. Raises Trouble; when the log
    contradicts itself both notes are kept and nothing is signed."""
    name, seed = read_key(key)
    text = site.checkpoint()
    note, checkpoint, _ = memory.check(text)
    _continues(site, memory, text, checkpoint)
    line = rules.cosign(note.text, name, seed, int(time.time())).line
    log = rules.parse_key(memory.key)
    signed = note.text + "\n" + "".join(each.line for each in note.signatures if each.id == log.id) + line
    memory.keep(text, checkpoint)  # before it leaves the house: what was signed is never forgotten
    kept = site.post("/log/cosignatures", {"checkpoint": signed})
    tell(f"{name} cosigned {checkpoint.size} leaves, root {checkpoint.root.hex()}; kept: {kept['accepted']} 已联署")


def _continues(site: Site, memory: Memory, text: str, checkpoint: rules.Checkpoint) -> None:
    reason = memory.contradicts(checkpoint, None)
    if reason is None and memory.size == checkpoint.size:
        reason = memory.contradicts(checkpoint, checkpoint.root if memory.size else None)
    elif reason is None and memory.size:
        if not _proven(site, memory, checkpoint):
            reason = f"its first {memory.size} leaves are not the ones that were seen before"
    if reason is not None:
        raise memory.keep_both(text, reason)


def _proven(site: Site, memory: Memory, checkpoint: rules.Checkpoint) -> bool:
    """Whether its tiles show that the log only grew. Raises Trouble when they can't be fetched at all."""
    try:
        proof = site.folded(rules.consistency_path(memory.size, checkpoint.size), checkpoint.size)
    except Trouble as broken:
        if broken.code == UNREACHED:
            raise
        return False
    return rules.verify_consistency(old=memory.size, old_root=bytes.fromhex(memory.root), new=checkpoint.size,
                                    new_root=checkpoint.root, proof=proof)
