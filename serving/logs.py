"""Structured logs: one JSON object a line, on standard error."""

import logging
import sys

import structlog


def configure_logging() -> None:
    """Write logs as JSON lines; a failure bears its traceback, never the values of variables, where keys may stand."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
