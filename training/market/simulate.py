"""From a seed to a book and its truth: draw what all share, play the blocks, merge what they wrote."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import pyarrow.parquet as pq

from features.book.folder import write_table
from features.book.tables import BUYERS, COUNTRY_RISK, EXPORTERS, TABLES
from features.errors import CallerError
from training.market import truth_file
from training.market.block import Market, play
from training.market.countries import risk_table
from training.market.ledger import cents_per_minor
from training.market.parameters import Parameters
from training.market.people import draw_population
from training.market.population import Population
from training.market.registers import buyer_table, exporter_table
from training.market.setting import draw_setting
from training.market.truth import tabulate
from training.market.write import fresh_folder, merge_parts, write_part

# Tables that blocks write, each with the order of its rows.
_BLOCK_TABLES: dict[str, tuple[pa.Schema, tuple[str, ...]]] = {
    name: (TABLES[name].arrow, ("recorded_at", *TABLES[name].key))
    for name in ("orders", "payments", "overdue_notices", "claims")
} | {truth_file.NAME: (truth_file.SCHEMA, ("as_of", "buyer_id"))}
# Starting processes takes longer than playing so few blocks.
_FEW_BLOCKS = 4
_FIRST_YEAR = 2000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What market is asked for; `exporters` None takes their number from the parameters."""

    buyers: int
    years: int
    seed: int
    until: date = date(2025, 12, 31)
    exporters: int | None = None


def simulate(
    out: Path, wish: Wish, parameters: Parameters, replace: bool = False, workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:  # fmt: skip
    """Write a market's book and `truth.parquet` into the folder `out`.

    Returns:
        The number of rows of each table.

    Raises:
        CallerError: a wish that cannot be met.
        FileError: `out` holds something (that is not a market to replace) or cannot be written.
    """
    _check(wish)
    with fresh_folder(out, replace) as folder:
        market, population = _prepare(wish, parameters, folder)
        parts = folder / "parts"
        _play_all(market, population.blocks(), parts, workers or os.cpu_count() or 1, progress)
        rows = {
            name: merge_parts(parts, name, schema, order, folder / f"{name}.parquet")
            for name, (schema, order) in _BLOCK_TABLES.items()
        }
        rmtree(parts)
        return rows | _shared_rows(folder)


def _shared_rows(folder: Path) -> dict[str, int]:
    return {
        name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in ("exporters", "buyers", "country_risk")
    }


def _check(wish: Wish) -> None:
    for name, value in (("buyers", wish.buyers), ("years", wish.years), ("exporters", wish.exporters)):
        if value is not None and value < 1:
            raise CallerError(f"number of {name}", value, "is less than one", "ask for one or more")
    if wish.seed < 0:
        raise CallerError("seed", wish.seed, "is negative", "use 0 or more")
    if wish.until.year - wish.years < _FIRST_YEAR or wish.until > date(2030, 12, 31):
        span = f"{wish.years} years until {wish.until}"
        raise CallerError("market of", span, f"does not lie between {_FIRST_YEAR} and 2030", "ask for fewer years")


def _prepare(wish: Wish, parameters: Parameters, folder: Path) -> tuple[Market, Population]:
    """Draw what all blocks share, and write its tables."""
    usual = max(round(wish.buyers / parameters.exporters.buyers_per_exporter), parameters.exporters.fewest)
    setting = draw_setting(parameters, wish.until, wish.years, wish.exporters or usual, wish.seed)
    population = draw_population(setting, wish.buyers)
    write_table(folder, EXPORTERS, exporter_table(setting))
    write_table(folder, BUYERS, buyer_table(setting, population))
    write_table(folder, COUNTRY_RISK, risk_table(parameters.countries, setting.there, setting.calendar, wish.seed))
    rates = cents_per_minor(population.currencies, setting.calendar)
    return Market(setting, tabulate(setting), rates), population


def _play_all(market: Market, blocks: list[Population], parts: Path, workers: int, progress: Progress | None) -> None:
    done: Iterator[None]
    if workers == 1 or len(blocks) < _FEW_BLOCKS:
        done = map(partial(_play_one, market, parts), blocks, range(len(blocks)))
        _count(done, len(blocks), progress)
        return
    # A fresh interpreter for each worker: forking a process that runs threads may hang it.
    with ProcessPoolExecutor(workers, get_context("spawn"), _share, (market, parts)) as pool:
        _count(pool.map(_play_shared, blocks, range(len(blocks))), len(blocks), progress)


def _count(done: Iterator[None], blocks: int, progress: Progress | None) -> None:
    for number, _ in enumerate(done, 1):
        if progress is not None:
            progress(number, blocks)


def _play_one(market: Market, parts: Path, block: Population, place: int) -> None:
    for name, rows in play(market, block, place).items():
        write_part(parts, name, place, rows)


_shared: list[tuple[Market, Path]] = []


def _share(market: Market, parts: Path) -> None:
    """Keep what all blocks share in a worker, so that it travels once."""
    _shared[:] = [(market, parts)]


def _play_shared(block: Population, place: int) -> None:
    _play_one(*_shared[0], block, place)
