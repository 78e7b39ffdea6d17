"""The command line: one app over features, training and serving."""

import os
import sys

import typer

import features.cli
import serving.cli
import training.cli
from features.errors import BolangguError

app = typer.Typer(
    name="bolanggu",
    help="Credit limits and cover at order time for small-commodity exporters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for rooms in (features.cli, training.cli, serving.cli):
    app.add_typer(rooms.app)


def main() -> None:
    """Run the command line; an error is one line on standard error and exit code 2 (the caller's) or 1 (ours).

    Set `BOLANGGU_DEBUG=1` to see the traceback instead.
    """
    try:
        app()
    except BolangguError as error:
        if os.environ.get("BOLANGGU_DEBUG"):
            raise
        print(f"bolanggu: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("BOLANGGU_DEBUG"):
            raise
        detail = " ".join(str(error).split())
        print(
            f"bolanggu: {type(error).__name__}: {detail}; this is our fault: run again with BOLANGGU_DEBUG=1 "
            "and report what it prints",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
