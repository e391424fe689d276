"""Settings, read once from the environment. Nothing below ``app.py`` looks at ``os.environ``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

DEMO_SECRET = "demo-only-" + "0" * 54


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
    trusted_proxies: int = 0

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

        def secret(name: str, demo: str) -> str:
            value = given.get(name) or (demo if mode != "production" else "")
            if not value:
                raise BadSetting(f"{name} is not set: it has no default in production")
            return value

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
            trusted_proxies=_whole(given, "TRUSTED_PROXIES", 0),
        )


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal():
        raise BadSetting(f"{name} is {value!r}: it must be a whole number")
    return int(value)
