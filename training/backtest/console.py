"""`bolanggu backtest`: run it and tell what was found."""

import json
from datetime import date
from pathlib import Path

from rich.console import Console

from features.home import home
from models.appetite import keep
from models.champion import read_champion
from models.policy import gather, policies, read_policy
from training.backtest.chart import write_chart
from training.backtest.run import Wish
from training.backtest.run import backtest as walk_through
from training.backtest.summary import show, summary
from training.config import read_config
from training.promotion import registered


def run(
    book: Path,
    as_of: date,
    quarters: int,
    config: Path | None,
    policy_files: list[Path] | None,
    champion: bool,
    versions: list[str],
    chart: Path | None,
    keep_scale: bool,
    as_json: bool,
) -> None:
    """Run a backtest and print it; errors are those of `training.backtest.run.backtest`."""
    screen = Console(stderr=True)
    terms = gather(read_policy(file) for file in policy_files) if policy_files else policies()
    given = [*([read_champion(home())] if champion else []), *registered(versions)]
    with screen.status("reading the book") as status:
        wish = Wish(as_of, quarters)
        found = walk_through(book, wish, read_config(config), terms, given, tell=status.update)
    if chart is not None:
        write_chart(found, chart)
    if keep_scale:
        keep(found.calibrated, home())
    if as_json:
        print(json.dumps(summary(found)))
    else:
        show(found, Console())
