"""Settings, read once from the environment. Nothing below ``app.py`` looks at ``os.environ``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self

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
    s3_bucket: str
    s3_endpoint: str
    public_url: str
    log_level: str
    log_key: str = field(repr=False)
    log_origin: str
    witness_keys: tuple[str, ...]
    witness_key: str = field(repr=False)
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    slow_query_ms: int = 0
    otlp_endpoint: str = ""

    @property
    def demo(self) -> bool:
        """True where one-time codes are 000000 and the clock may be moved."""
        return self.mode in ("demo", "test")

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
            s3_bucket=given.get("S3_BUCKET", ""),
            s3_endpoint=given.get("S3_ENDPOINT", ""),
            public_url=given.get("PUBLIC_URL", f"http://localhost:{given.get('PORT', '8000')}"),
            log_level=given.get("LOG_LEVEL", "INFO"),
            log_key=secret("QJJ_LOG_KEY", DEMO_LOG_KEY),
            log_origin=secret("QJJ_LOG_ORIGIN", "qiaojiejie.example/log"),
            witness_keys=tuple(each.strip() for each in given.get("QJJ_WITNESS_KEYS", "").split(",") if each.strip()),
            witness_key=given.get("QJJ_WITNESS_KEY", "" if mode == "production" else DEMO_WITNESS_KEY),
            trusted_proxies=_whole(given, "TRUSTED_PROXIES", 0),
            metrics_token=given.get("METRICS_TOKEN", ""),
            slow_query_ms=_whole(given, "SLOW_QUERY_MS", 0),
            otlp_endpoint=given.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        )


def _secret(env: Mapping[str, str], mode: str, name: str, demo: str) -> str:
    value = env.get(name) or (demo if mode != "production" else "")
    if not value:
        raise BadSetting(f"{name} is not set: it has no default in production")
    return value


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal():
        raise BadSetting(f"{name} is {value!r}: it must be a whole number")
    return int(value)
