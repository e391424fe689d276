"""Settings, read once from the environment. Nothing below ``app.py`` looks at ``os.environ``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

DEMO_SECRET = "demo-only-" + "0" * 54
#: seeds (32 bytes, base64) of the demo's public log and of the witness beside it
DEMO_LOG_KEY = "cWlhb2ppZWppZS1kZW1vLWxvZy1rZXktMDAwMDAwMDA="
DEMO_WITNESS_KEY = "cWlhb2ppZWppZS1kZW1vLXdpdG5lc3Mta2V5LTAwMDA="


class BadSetting(Exception):
    """A setting is missing or can't be understood; the message says which and what it should be."""


@dataclass(frozen=True)
class Config:
    """Everything the service must be told. Secrets have defaults only in demo and test mode."""

    mode: str
    database_url: str
    jwt_secret: str = field(repr=False)
    data_keys: str = field(repr=False)
    index_key: str = field(repr=False)
    stripe_api_key: str = field(repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(repr=False)
    stripe_api_base: str
    sms_url: str
    sms_secret: str = field(repr=False)
    media_dir: str
    archive_dir: str
    s3_bucket: str
    s3_endpoint: str
    public_url: str
    log_level: str
    log_key: str = field(repr=False)
    log_origin: str
    witness_keys: tuple[str, ...]
    witness_key: str = field(repr=False)
    trusted_proxies: int = 0
    database_direct_url: str = ""
    database_pool: int = 4
    database_pooler: bool = False
    database_read_urls: tuple[str, ...] = ()
    database_read_lag: int = 10
    metrics_token: str = field(default="", repr=False)
    slow_query_ms: int = 0
    #: how many pools of connections to cities a process keeps; None: one city has the database to itself
    city_pools: int | None = None
    #: (city, key, webhook secrets) of each that has a Stripe account of its own
    stripe_of_cities: tuple[tuple[str, str, tuple[str, ...]], ...] = field(default=(), repr=False)
    #: the city commands are run in
    city: str = ""
    otlp_endpoint: str = ""

    @property
    def demo(self) -> bool:
        """True where one-time codes are 000000 and the clock may be moved."""
        return self.mode in ("demo", "test")

    @property
    def direct_url(self) -> str:
        """PostgreSQL's own address, where a pooler stands before it: for LISTEN and for migrations."""
        return self.database_direct_url or self.database_url

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read the settings from ``env`` (default: the process environment).

        Raises BadSetting when production lacks a secret or a value has the wrong shape.
        """
        given = os.environ if env is None else env
        mode = given.get("QJJ_MODE", "production")
        if mode not in ("production", "demo", "test"):
            raise BadSetting(f"QJJ_MODE is {mode!r}: it must be production, demo or test")

        secret = partial(_secret, given, mode)

        return cls(
            mode=mode,
            database_url=secret("DATABASE_URL", ""),
            jwt_secret=secret("QJJ_JWT_SECRET", DEMO_SECRET),
            data_keys=secret("QJJ_DATA_KEYS", "demo1:" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
            index_key=secret("QJJ_INDEX_KEY", DEMO_SECRET),
            stripe_api_key=secret("STRIPE_API_KEY", "sk_test_demo"),
            stripe_webhook_secrets=tuple(secret("STRIPE_WEBHOOK_SECRET", "whsec_demo").split(",")),
            stripe_api_base=given.get("STRIPE_API_BASE", ""),
            sms_url=given.get("SMS_URL", "" if mode == "production" else "console"),
            sms_secret=secret("SMS_SECRET", DEMO_SECRET),
            media_dir=given.get("MEDIA_DIR", "instance/media"),
            archive_dir=given.get("ARCHIVE_DIR", "instance/archive"),
            s3_bucket=given.get("S3_BUCKET", ""),
            s3_endpoint=given.get("S3_ENDPOINT", ""),
            public_url=given.get("PUBLIC_URL", f"http://localhost:{given.get('PORT', '8000')}"),
            log_level=given.get("LOG_LEVEL", "INFO"),
            log_key=secret("QJJ_LOG_KEY", DEMO_LOG_KEY),
            log_origin=secret("QJJ_LOG_ORIGIN", "qiaojiejie.example/log"),
            witness_keys=tuple(each.strip() for each in given.get("QJJ_WITNESS_KEYS", "").split(",") if each.strip()),
            witness_key=given.get("QJJ_WITNESS_KEY", "" if mode == "production" else DEMO_WITNESS_KEY),
            trusted_proxies=_whole(given, "TRUSTED_PROXIES", 0),
            **_reaching(given),
            **_watching(given),
            stripe_of_cities=tuple(
                (code, key, tuple(secret(f"STRIPE_WEBHOOK_SECRET_{code}", "whsec_demo").split(",")))
                for name, key in given.items() for code in (name.removeprefix("STRIPE_API_KEY_"),) if code != name),
        )


def _reaching(given: Mapping[str, str]) -> dict[str, Any]:
    """How the database is reached, beside its address, and the cities in it."""
    return {
        "city_pools": max(2, _whole(given, "CITY_POOLS", 40)) if given.get("CITIES", "") == "1" else None,
        "city": given.get("CITY", ""),
        "database_direct_url": given.get("DATABASE_DIRECT_URL", ""),
        "database_pool": _whole(given, "DATABASE_POOL", 4, least=1),
        "database_pooler": _one_of(given, "DATABASE_POOLER", ("", "transaction")) == "transaction",
        "database_read_urls": tuple(given.get("DATABASE_READ_URL", "").split()),
        "database_read_lag": _whole(given, "DATABASE_READ_LAG", 10),
    }


def _watching(given: Mapping[str, str]) -> dict[str, Any]:
    """How it is looked at from outside."""
    return {
        "metrics_token": given.get("METRICS_TOKEN", ""),
        "slow_query_ms": _whole(given, "SLOW_QUERY_MS", 0),
        "otlp_endpoint": given.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
    }


def _secret(env: Mapping[str, str], mode: str, name: str, demo: str) -> str:
    value = env.get(name) or (demo if mode != "production" else "")
    if not value:
        raise BadSetting(f"{name} is not set: it has no default in production")
    return value


def _whole(env: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise BadSetting(f"{name} is {value!r}: it must be a whole number{f', {least} or more' if least else ''}")
    return int(value)


def _one_of(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = env.get(name, known[0])
    if value not in known:
        raise BadSetting(f"{name} is {value!r}: it must be {' or '.join(filter(None, known))}, or not set")
    return value
