"""The command line: one app over features, training and serving, and the demo that runs them all in turn."""

import json
import os
import shlex
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

import benchmarks.cli
import features.cli
import serving.cli
import training.cli
from features.errors import BolangguError

_STOPPED = 130  # as shells tell of a program that was interrupted

app = typer.Typer(
    name="bolanggu",
    help="Credit limits and cover at order time for small-commodity exporters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for rooms in (features.cli, training.cli, serving.cli, benchmarks.cli):
    app.add_typer(rooms.app)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = 8000,
    once: Annotated[bool, typer.Option("--once", help="Check one order, print a JSON summary, and end.")] = False,
    buyers: Annotated[int, typer.Option(min=200, help="Buyers of the simulated market.")] = 2500,
) -> None:
    """From nothing to a running service: a simulated market, a trained model, limits, and an order checked.

    Example: bolanggu demo --port 8000
    """
    from demo import run_demo

    told = run_demo(0 if once else port, once, buyers)
    if once:
        typer.echo(json.dumps(told, ensure_ascii=False))


def main() -> None:
    """Run the command line; an error is one line on standard error and exit code 2 (the caller's) or 1 (ours).

    Set `BOLANGGU_DEBUG=1` to see the traceback instead.
    """
    # The service never imports training: it asks the registry by a program of training's, in a process of its own.
    os.environ.setdefault("BOLANGGU_REGISTRY_COMMAND", shlex.join([sys.executable, "-m", "training.clerk"]))
    try:
        sys.exit(app(standalone_mode=False))
    except Exception as error:
        if os.environ.get("BOLANGGU_DEBUG"):
            raise
        line, code = _told(error)
        if line:
            print(line, file=sys.stderr)
        sys.exit(code)


def _told(error: Exception) -> tuple[str, int]:
    """Say in one line what went wrong, and choose the exit code."""
    if isinstance(error, BolangguError):
        return f"bolanggu: {error}", error.exit_code
    if isinstance(error, typer.Abort):
        return "bolanggu: stopped before the end, as asked", _STOPPED
    if isinstance(error, TyperException):
        return _misused(error), 2
    detail = " ".join(str(error).split())
    return (
        f"bolanggu: {type(error).__name__}: {detail}; this is our fault: run again with BOLANGGU_DEBUG=1 "
        "and report what it prints",
        1,
    )


def _misused(error: TyperException) -> str:
    """Say how a command was called wrongly and where its options are told; nothing where help was printed instead."""
    context = getattr(error, "ctx", None)
    message = " ".join(getattr(error, "format_message", lambda: str(error))().split()).rstrip(".")
    if not message:
        return ""
    command = context.command_path if context else app.info.name
    return f"bolanggu: {message}; see `{command} --help`"


if __name__ == "__main__":
    main()
