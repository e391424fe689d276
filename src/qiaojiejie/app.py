"""Assembles the house: settings, database, frame, every room's routes and tasks. Knows everybody; nobody knows it."""

import hashlib
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

import flask_jwt_extended
import sqlalchemy as sa
import stdnum.exceptions  # noqa: F401  (imported here so that the first request does not pay for it)
from flask import Flask, Response, json
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from qiaojiejie.core import (  # noqa: F401
    access, cities, db as database, demo, errors, http, leaving, logs, metrics, migrations, openapi, problems, secrets,
    tracing)
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import db
from qiaojiejie.core.migrations import ROOT, head
from qiaojiejie.web import pages

#: every room, from the ground up (the order of their migrations)
ROOMS = ("ledger", "transparency", "identity", "media", "messages", "catalog", "stations", "households", "firms",
         "workers", "documents", "calendars", "search", "staffing", "booking", "books", "inbox",
         "payments", "refunds", "reviews", "casework", "credit",
         "standings", "lists", "enrolment", "petitions", "audit", "publications", "governance",
         "competitions", "certificates", "courses", "doorcards", "surveys", "openings",
         "handwork", "activities", "desk",
         "coupons", "prepaid", "disputes", "attendance", "payouts", "clearing", "invoices",
         "feeds", "favourites", "alarms", "mandates", "contracts", "chat", "webhooks", "series", "changes",
         "needs", "substitutions", "guarantees", "interviews", "photos", "archive")


def create_app(config: Config | None = None) -> Flask:
    """The application. Raises BadSetting when the environment lacks what it needs."""
    config = config or Config.read()
    logs.configure(config.log_level)
    secrets.configure(config)
    app = http.House("qiaojiejie", root_path=str(ROOT), static_folder=None)
    app.config.update(
        DEMO=config.demo, QJJ=config, JSON_SORT_KEYS=False, MAX_CONTENT_LENGTH=12 * 2**20,
        MAX_FORM_MEMORY_SIZE=2**20, JWT_SECRET_KEY=config.jwt_secret, JWT_ALGORITHM="HS256",
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=15), JWT_DECODE_LEEWAY=5,
        JWT_ENCODE_AUDIENCE="qiaojiejie", JWT_DECODE_AUDIENCE="qiaojiejie",
        JWT_ENCODE_ISSUER="qiaojiejie", JWT_DECODE_ISSUER="qiaojiejie",
        CURSOR_KEY=hashlib.sha256(b"cursor:" + config.index_key.encode()).hexdigest())
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies)  # type: ignore[method-assign]
    database.init_app(app, config)
    app.extensions["migrate"] = migrations.Unread(app)
    http.init_app(app)
    metrics.init_app(app, config.metrics_token, config.demo)
    tracing.init_app(app, config.otlp_endpoint)
    _sign_in(app)
    _rooms(app, config)
    return app


def _sign_in(app: Flask) -> None:
    tokens = flask_jwt_extended.JWTManager(app)

    def refused(*_: object) -> Response:
        return problems.problem(errors.Unauthorized())

    for loader in (tokens.unauthorized_loader, tokens.invalid_token_loader, tokens.expired_token_loader,
                   tokens.token_verification_failed_loader):
        loader(refused)
    tokens.additional_claims_loader(lambda _: {"city": cities.mark()} if cities.mark() else {})
    tokens.token_verification_loader(lambda _, claims: claims.get("city", "") == cities.mark())


def _rooms(app: http.House, config: Config) -> None:
    api = openapi.api_of(app)
    for room in ROOMS:
        for part in ("models", "tasks", "gateway", "service", "routes"):
            name = f"qiaojiejie.{room}.{part}"
            if find_spec(name) is None:
                continue
            module = import_module(name)
            if part == "gateway":
                module.init_app(app, config)
            if part == "routes":
                api.register_blueprint(module.blp)
                app.reads.add(module.blp.hot)
                if hasattr(module, "files"):  # bytes at addresses a standard outside the API fixes
                    app.register_blueprint(module.files)
    if find_spec("qiaojiejie.identity.service") is not None:
        app.extensions["authority"] = import_module("qiaojiejie.identity.service").authority
    if config.demo:
        demo.follow_clock(app)
        api.register_blueprint(demo.blp)
    app.register_blueprint(pages.blp)
    _pages(app, api, config)


def _pages(app: Flask, api: openapi.Api, config: Config) -> None:
    """Health, readiness and the description."""
    newest, document = head(), dict[str, str]()

    @app.get("/healthz")
    @access.public
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/readyz")
    @access.public
    @access.fresh
    def readyz() -> ResponseReturnValue:
        if leaving.leaving.is_set():
            raise errors.Unavailable(retry_after=1)
        if config.city_pools and cities.nowhere():  # which cities there are can be read; each says the rest of itself
            app.extensions["tenants"].all()
            return {"status": "ready", "migration": newest}
        there = db.session.execute(sa.text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
        found = db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() if there else []
        if found != [newest]:
            raise errors.Unavailable(retry_after=5)
        return {"status": "ready", "migration": newest}

    @app.get("/openapi.json")
    @access.public
    def description() -> ResponseReturnValue:
        if "json" not in document:
            document["json"] = json.dumps(openapi.describe(app, api))
        return Response(document["json"], mimetype="application/json")

    app.extensions["api"] = api
