"""Traces by OpenTelemetry, for whoever has a collector: off unless a setting names it."""

from typing import TYPE_CHECKING

from fastapi import FastAPI

from features.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_QUIET = "healthz,readyz,metrics"


def trace_to(app: FastAPI, endpoint: str) -> "TracerProvider":
    """Send a span of each request to a collector that speaks OTLP over HTTP; shut down what is given to send the last.

    Raises:
        ConfigError: the extra `telemetry` is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        cause, remedy = "needs OpenTelemetry", "install the extra `telemetry`, or unset it"
        raise ConfigError("environment variable", "BOLANGGU_OTLP_ENDPOINT", cause, remedy) from error
    return trace_with(app, OTLPSpanExporter(endpoint=endpoint))


def trace_with(app: FastAPI, exporter: "SpanExporter") -> "TracerProvider":
    """Hand a span of each request to an exporter, in batches beside the requests."""
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "bolanggu"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, excluded_urls=_QUIET)
    return provider
