"""The registers of exporters and buyers as the platform has them: names as entered, spellings as they appear."""

import numpy as np
import pyarrow as pa

from features.book.tables import BUYERS, EXPORTERS
from training.market.names import exporter_name, firm_name, trading_name, variant
from training.market.parameters import Parameters
from training.market.population import Population
from training.market.recording import DAY_US, identifiers
from training.market.setting import Setting
from training.market.streams import Ints, stream

_HOUR_US = 3_600_000_000
_MOST_NAMES = 12


def exporter_ids(count: int) -> pa.Array:
    """Write the exporters' identifiers."""
    return identifiers("E", np.arange(count), 6)


def buyer_ids(numbers: Ints) -> pa.Array:
    """Write buyers' identifiers from their numbers, which say nothing about owners or entry."""
    return identifiers("B", numbers, 7)


def exporter_table(setting: Setting) -> pa.Table:
    """Record exporters on the morning after they registered."""
    rng, categories, exporters = stream(setting.seed, "names"), list(setting.parameters.categories), setting.exporters
    rows = {
        "exporter_id": exporter_ids(len(exporters)),
        "name": [exporter_name(categories[category], rng) for category in exporters.category.tolist()],
        "registered_on": exporters.registered_on.astype("datetime64[D]"),
        "recorded_at": pa.array((exporters.registered_on + 1) * DAY_US, pa.timestamp("us", tz="UTC")),
    }
    table = pa.table(rows, schema=EXPORTERS.arrow)
    return table.filter(pa.array((exporters.registered_on + 1) <= setting.calendar.until))


def buyer_table(setting: Setting, population: Population) -> pa.Table:
    """Record buyers on the first morning of the month in which they enter, and each new spelling when it comes up."""
    buyers, rng, calendar = population.buyers, stream(setting.seed, "names", 1), setting.calendar
    countries = list(setting.parameters.countries.list.items())
    entered = calendar.starts[buyers.enter] * DAY_US + rng.integers(0, 6 * _HOUR_US, len(buyers))
    end = (calendar.until + 1) * DAY_US
    more = _spellings(setting.parameters, population, (end - entered) / (365 * DAY_US), rng)
    names = _first_names(population, [country.tongue for _, country in countries], rng)
    registration = _registrations(population, rng)
    rows: list[tuple[str, str, str, str | None, int]] = []
    for place, buyer_id in enumerate(buyer_ids(buyers.number).to_pylist()):
        code, country = countries[int(buyers.country[place])]
        moments = np.unique(rng.integers(entered[place] + 1, end, more[place])).tolist()
        spelt = [names[place], *(variant(names[place], country.tongue, rng) for _ in moments)]
        for name, moment in zip(spelt, [int(entered[place]), *moments], strict=True):
            rows.append((buyer_id, name, code, registration[place], moment))
    columns = zip(*sorted(rows), strict=True)
    return pa.table([pa.array(list(column), field.type) for column, field in zip(columns, BUYERS.arrow, strict=True)],
                    schema=BUYERS.arrow)  # fmt: skip


def _spellings(parameters: Parameters, population: Population, years: np.ndarray, rng: np.random.Generator) -> Ints:
    """Draw how many further spellings a buyer gets: more exporters type more names."""
    buyers = population.buyers
    busy = np.log1p(buyers.rate * 12) / np.log1p(parameters.buyers.orders_a_year.median)
    wanted: Ints = rng.poisson(parameters.buyers.new_names_a_year * busy * np.maximum(years, 0))
    return np.minimum(wanted, _MOST_NAMES - 1)


def _first_names(population: Population, tongues: list[str], rng: np.random.Generator) -> list[str]:
    """Name each owner's first buyer, and its siblings mostly after it."""
    names: list[str] = []
    last = -1
    for owner, country in zip(population.buyers.owner.tolist(), population.buyers.country.tolist(), strict=True):
        tongue = tongues[country]
        names.append(firm_name(tongue, rng) if owner != last else trading_name(tongue, names[-1], rng))
        last = owner
    return names


def _registrations(population: Population, rng: np.random.Generator) -> list[str | None]:
    """Give registration numbers; siblings sometimes show the same one."""
    given: list[str | None] = []
    drawn = rng.integers(10**8, 10**9, len(population.buyers)).tolist()
    shared = (rng.random(len(population.buyers)) < 0.3).tolist()
    owners, registered = population.buyers.owner.tolist(), population.buyers.registered.tolist()
    for place, has in enumerate(registered):
        sibling = place > 0 and owners[place] == owners[place - 1]
        number = given[-1] if sibling and shared[place] and given[-1] else f"R{drawn[place]}"
        given.append(number if has else None)
    return given
