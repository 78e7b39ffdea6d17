"""An import on a terminal: what is being done while it runs, and the summary as a table at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from features.importing.summary import Summary


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show on standard error, where that is a terminal, what is being done and for how long."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("starting", total=None)
        yield lambda doing: shown.update(task, description=doing)


def show(summary: Summary) -> None:
    """Print the summary on standard output."""
    console = Console()
    grid = Grid()
    grid.add_column("table", no_wrap=True)
    for heading in ("read", "accepted", "duplicates", "rejected", "left out"):
        grid.add_column(heading, justify="right", no_wrap=True)
    for name, told in summary.tables.items():
        counts = (told.read, told.accepted, told.duplicates, told.rejected, told.left_out)
        grid.add_row(name, *(f"{count:,}" for count in counts))
    console.print(grid)
    for name, told in summary.tables.items():
        for reason, count in told.reasons.items():
            console.print(f"{name}: {count:,} rows rejected for {reason}", highlight=False, soft_wrap=True)
    for note in summary.notes:
        console.print(f"note: {note}", highlight=False, soft_wrap=True)
    console.print(f"book in {summary.book}; read = accepted + duplicates + rejected", highlight=False, soft_wrap=True)
