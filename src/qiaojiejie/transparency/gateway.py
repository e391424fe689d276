"""The log's key and its witnesses': the one file that signs."""

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from flask import Flask, current_app

from qiaojiejie.core import cities
from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.transparency import rules

log = structlog.get_logger()


@dataclass(frozen=True)
class Keys:
    """Who the log is, who may witness it, and the secret seeds held here (the witness's only where it is run)."""

    origin: str
    log_seed: bytes = field(repr=False)
    witness_seed: bytes | None = field(repr=False)
    others: tuple[rules.Key, ...]
    #: how long a cosignature is left to stand while the log grows
    pause: timedelta

    @property
    def log(self) -> rules.Key:
        """The key that signs checkpoints; its name is the log's origin."""
        return rules.key_of(self.origin, rules.LOG, self.log_seed)

    @property
    def witness_name(self) -> str:
        """How the witness run here is called."""
        return f"{self.origin}/witness"

    @property
    def witnesses(self) -> tuple[rules.Key, ...]:
        """Every witness whose cosignature counts, the one run here first."""
        if self.witness_seed is None:
            return self.others
        own = rules.key_of(self.witness_name, rules.WITNESS, self.witness_seed)
        return (own, *(key for key in self.others if key != own))

    def sign(self, text: str) -> str:
        """The note that says ``text``, signed by the log."""
        return rules.Note(text, (rules.sign(text, self.origin, self.log_seed),)).signed

    def cosign(self, text: str, time: int) -> rules.Signature:
        """The cosignature of the witness run here. Raises ValueError where none is run."""
        if self.witness_seed is None:
            raise ValueError("no witness is run here")
        return rules.cosign(text, self.witness_name, self.witness_seed, time)


def _seed(name: str, text: str) -> bytes:
    try:
        seed = base64.b64decode(text, validate=True)
    except binascii.Error as broken:
        raise BadSetting(f"{name} must be the base64 of 32 bytes") from broken
    if len(seed) != 32:
        raise BadSetting(f"{name} must be the base64 of 32 bytes")
    return seed


def _witness(vkey: str) -> rules.Key:
    try:
        key = rules.parse_key(vkey)
    except rules.BadNote as broken:
        raise BadSetting(f"QJJ_WITNESS_KEYS: {broken}") from broken
    if key.type != rules.WITNESS:
        raise BadSetting(f"QJJ_WITNESS_KEYS: {vkey} is no witness's key")
    return key


def init_app(app: Flask, config: Config) -> None:
    """Give the app its keys. Raises BadSetting when one can't be read, or when nobody would witness the log."""
    keys = Keys(
        origin=config.log_origin, log_seed=_seed("QJJ_LOG_KEY", config.log_key),
        witness_seed=_seed("QJJ_WITNESS_KEY", config.witness_key) if config.witness_key else None,
        others=tuple(_witness(vkey) for vkey in config.witness_keys),
        pause=timedelta(minutes=1) if config.demo else timedelta(hours=1))
    try:
        vkey = keys.log.vkey
    except rules.BadNote as broken:
        raise BadSetting(f"QJJ_LOG_ORIGIN: {broken}") from broken
    if not keys.witnesses:
        raise BadSetting("QJJ_WITNESS_KEYS is not set: name at least one witness, or run one with QJJ_WITNESS_KEY")
    if keys.witness_seed == keys.log_seed:
        raise BadSetting("QJJ_WITNESS_KEY must not be the log's own key")
    app.extensions["log_keys"] = keys
    log.debug("public log", key=vkey)


def keys() -> Keys:
    """The running app's keys; each city has a log of its own, by its own name and key."""
    found: Keys = current_app.extensions["log_keys"]
    city = cities.mark()
    if not city:
        return found
    return replace(found, origin=f"{found.origin}/{city}", log_seed=cities.own(found.log_seed, city))
