"""Traces over OpenTelemetry, where an address is set for them: a span a request, one in it for each statement."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from qiaojiejie.core import metrics
from qiaojiejie.core.config import BadSetting


def init_app(app: Flask, endpoint: str) -> None:
    """Send spans to ``endpoint`` (the library reads the other OTEL_ settings itself). Raises BadSetting."""
    if not endpoint:
        return
    try:  # an optional dependency (the extra `otel`), so only a setting that needs it loads it
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        raise BadSetting("OTEL_EXPORTER_OTLP_ENDPOINT is set but OpenTelemetry is not installed: "
                         "pip install 'qiaojiejie[otel]'") from missing
    provider = TracerProvider(resource=Resource.create({"service.name": "qiaojiejie"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace_by(app, provider)


def trace_by(app: Flask, provider: Any) -> None:
    """Trace every request by a provider."""
    app.extensions["tracer_provider"] = provider
    app.extensions["tracer"] = tracer = provider.get_tracer("qiaojiejie")
    app.wsgi_app = _traced(app.wsgi_app, tracer)  # type: ignore[method-assign]


def _traced(answer: Any, tracer: Any) -> Any:
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    def traced(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        sent = {name: environ[f"HTTP_{name.upper()}"] for name in ("traceparent", "tracestate")
                if f"HTTP_{name.upper()}" in environ}
        with tracer.start_as_current_span(method, context=extract(sent), kind=SpanKind.SERVER) as span:
            def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                span.set_attributes({"http.request.method": method, "http.response.status_code": int(status[:3]),
                                     "request_id": dict(headers).get("X-Request-Id", "")})
                return start_response(status, headers, *more)

            found = answer(environ, started)
            if route := environ.get(metrics.ROUTE):
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
            return found

    return traced
