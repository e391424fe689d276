"""Traces: a request is a span by its route, its statements are spans in it; without the library it is said so."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from qiaojiejie.app import create_app
from qiaojiejie.core import tracing
from qiaojiejie.core.config import BadSetting
from tests import races
from tests.conftest import config_for

CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_setting_without_the_library_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(BadSetting, match=r"qiaojiejie\[otel\]"):
        create_app(config_for("postgresql://nowhere/", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318"))


@pytest.fixture()
def traced(new_database: Callable[[], str]) -> Iterator[tuple[Flask, Any]]:
    """An app whose spans are kept here."""
    kept = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter").InMemorySpanExporter()
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with races.opened(config_for(new_database(), SLOW_QUERY_MS="100000")) as app:
        tracing.trace_by(app, provider)
        yield app, kept


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"sends it the long way"'}])
def test_a_request_is_a_span_and_its_statements_are_in_it(traced: tuple[Flask, Any], headers: dict[str, str]) -> None:
    app, kept = traced
    answer = app.test_client().get("/api/v1/workers?limit=2", headers={
        **headers, "traceparent": f"00-{CALLER}-00f067aa0ba902b7-01"})
    *statements, request = kept.get_finished_spans()
    assert request.name == "GET /api/v1/workers" and request.attributes["http.response.status_code"] == 200
    assert request.attributes["request_id"] == answer.headers["X-Request-Id"]
    assert format(request.context.trace_id, "032x") == CALLER
    assert statements and all(each.parent.span_id == request.context.span_id for each in statements)
    assert any("FROM worker" in each.attributes["db.query.text"] for each in statements)
    assert all(each.start_time >= request.start_time - 1_000_000 for each in statements)
