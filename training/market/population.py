"""Owners and their buyers: who there is, how large, from when, with which habits, and with whom they deal.

Everything here is drawn once for the whole market; blocks of owners are then worked on apart (`Population.blocks`).
"""

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np

from features.money import USD
from features.rates import quoted
from training.market.calendar import Calendar, to_date
from training.market.countries import World
from training.market.exporters import Exporters
from training.market.health import Chain
from training.market.parameters import Parameters
from training.market.streams import Flags, Floats, Ints, pick, stream

# The number of owners in a block decides which stream draws what, so it is part of a seed's meaning.
OWNERS_IN_BLOCK = 1000
CIRCLE = 10
_CANDIDATES = 4


@dataclass(frozen=True)
class Owners:
    """Arrays with one entry an owner: country, frailty class, month of entry, first state."""

    country: Ints
    frailty: Ints
    enter: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.country)


@dataclass(frozen=True)
class Buyers:
    """Arrays with one entry a buyer, siblings side by side.

    Attributes:
        number: what the buyer's identifier is made of.
        rate: orders a month when sound, before season and growth.
        amount: median amount of an order in US dollars.
        circle, weights: exporters whom the buyer deals with, and the cumulated shares of its orders.
    """

    number: Ints
    owner: Ints
    country: Ints
    enter: Ints
    rate: Floats
    growth: Floats
    amount: Floats
    habit: Ints
    terms: Ints
    currency: Ints
    registered: Flags
    circle: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class Population:
    """All owners and buyers, and the currencies that `Buyers.currency` points into."""

    owners: Owners
    buyers: Buyers
    currencies: tuple[str, ...]

    def blocks(self) -> list["Population"]:
        """Cut into blocks of owners, each with its buyers; a block's buyers count owners from its own first."""
        bounds = [*range(0, len(self.owners), OWNERS_IN_BLOCK), len(self.owners)]
        return [self._block(first, last) for first, last in pairwise(bounds)]

    def _block(self, first: int, last: int) -> "Population":
        ours = slice(*np.searchsorted(self.buyers.owner, [first, last]))
        buyers = _sliced(self.buyers, ours)
        return Population(
            Owners(**_sliced(self.owners, slice(first, last))),
            Buyers(**{**buyers, "owner": buyers["owner"] - first}),
            self.currencies,
        )


def _sliced(arrays: Owners | Buyers, part: slice) -> dict[str, Any]:
    return {field.name: getattr(arrays, field.name)[part] for field in fields(arrays)}


def draw_population(
    parameters: Parameters, calendar: Calendar, there: World, exporters: Exporters, count: int, seed: int
) -> Population:
    """Draw `count` buyers and the owners behind them."""
    rng = stream(seed, "owners")
    planned = rng.random(count) < parameters.bustouts.owners
    names = np.where(planned, _group_sizes(rng, parameters.bustouts.names, count), 0)
    names = np.where(planned, names, _group_sizes(rng, parameters.owners.names, count))
    owner = np.repeat(np.arange(count), names)[:count]
    planned = planned[: owner[-1] + 1]
    size = rng.normal(size=len(planned))
    owners = _draw_owners(parameters, calendar, there, planned, size, rng)
    currencies = _currencies(parameters, calendar)
    buyers = _draw_buyers(parameters, calendar, there, exporters, owners, owner, (planned, size), currencies, seed)
    return Population(owners, buyers, currencies)


def _group_sizes(rng: np.random.Generator, names: dict[int, float], count: int) -> Ints:
    return np.array(list(names))[pick(rng, names, count)]


def _draw_owners(
    parameters: Parameters, calendar: Calendar, there: World, planned: Flags, size: Floats, rng: np.random.Generator
) -> Owners:
    count, chain = len(planned), Chain(parameters)
    early = rng.random(count) < parameters.buyers.present_at_start
    settled = np.array([chain.index(name) for name in parameters.owners.start])[
        pick(rng, parameters.owners.start, count)
    ]
    start = np.where(early, settled, chain.index("new"))
    return Owners(
        country=pick(rng, there.shares.tolist(), count),
        frailty=_frailty(parameters, size, rng),
        enter=np.where(early, 0, rng.integers(1, calendar.months, count)),
        start=np.where(planned, chain.index("building"), start),
    )


def _frailty(parameters: Parameters, size: Floats, rng: np.random.Generator) -> Ints:
    shares = np.array(list(parameters.owners.frailty.values()))
    lean = np.linspace(1, -1, len(shares)) * parameters.owners.size_protection
    weights = shares * np.exp(np.outer(size, lean))
    cumulated = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    classes: Ints = (rng.random(len(size))[:, None] > cumulated[:, :-1]).sum(axis=1)
    return classes


def _currencies(parameters: Parameters, calendar: Calendar) -> tuple[str, ...]:
    """List the currencies that the ECB quotes throughout the market."""
    first, last = to_date(calendar.starts[0]), to_date(calendar.until)
    named = {USD, "CNY", *(country.currency for country in parameters.countries.list.values())}
    spans = {code: quoted(code) for code in named}
    return tuple(sorted(code for code, span in spans.items() if span and span[0] <= first and last <= span[1]))


def _draw_buyers(
    parameters: Parameters,
    calendar: Calendar,
    there: World,
    exporters: Exporters,
    owners: Owners,
    owner: Ints,
    traits: tuple[Flags, Floats],
    currencies: tuple[str, ...],
    seed: int,
) -> Buyers:
    rng, ours, count = stream(seed, "buyers"), parameters.buyers, len(owner)
    planned, size = traits[0][owner], traits[1][owner]
    # A sibling is of its owner's size class, not of its size; the first buyer of an owner is the owner's own.
    first = np.diff(owner, prepend=-1) > 0
    size = np.where(first, size, 0.6 * size + 0.8 * rng.normal(size=count))
    yearly = np.where(
        planned,
        parameters.bustouts.orders_a_year * np.exp(0.5 * size),
        np.minimum(ours.orders_a_year.median * np.exp(ours.orders_a_year.sigma * size), ours.orders_a_year.most),
    )
    home = owners.country[owner]
    country = np.where(
        rng.random(count) < parameters.owners.same_country, home, pick(rng, there.shares.tolist(), count)
    )
    later = owners.enter[owner] + rng.integers(0, np.maximum(calendar.months - owners.enter[owner], 1))
    sibling_early = planned | (rng.random(count) < 0.5)
    enter = np.where(first | sibling_early, owners.enter[owner], later)
    circle, weights = _circles(exporters, calendar, enter, yearly, rng)
    return Buyers(
        number=stream(seed, "identifiers").permutation(count),
        owner=owner.astype(np.int64),
        country=country,
        enter=enter,
        rate=yearly / 12,
        growth=rng.normal(0, ours.growth_a_month, count),
        amount=rng.lognormal(np.log(ours.amount_usd.median), ours.amount_usd.between, count),
        habit=_habits(parameters, there.slow[country], owners.frailty[owner], planned, rng),
        terms=pick(rng, [kind.share for kind in ours.terms.values()], count),
        currency=_buyer_currencies(parameters, country, currencies, rng),
        registered=rng.random(count) < np.array(ours.registered)[owners.frailty[owner]],
        circle=circle,
        weights=weights,
    )


def _habits(parameters: Parameters, slow: Floats, frailty: Ints, planned: Flags, rng: np.random.Generator) -> Ints:
    """Lean each buyer's habit by its country's slowness and its owner's frailty; who plans to vanish pays promptly."""
    slow = slow + parameters.owners.slow_frailty * (frailty - (len(parameters.owners.frailty) - 1) / 2)
    shares = np.array([habit.share for habit in parameters.buyers.habits.values()])
    weights = shares * np.exp(np.outer(slow, np.arange(len(shares))))
    cumulated = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    habit = (rng.random(len(slow))[:, None] > cumulated[:, :-1]).sum(axis=1)
    return np.where(planned, 0, habit).astype(np.int64)


def _buyer_currencies(
    parameters: Parameters, country: Ints, currencies: tuple[str, ...], rng: np.random.Generator
) -> Ints:
    dollars = currencies.index(USD)
    own = [listed.currency for listed in parameters.countries.list.values()]
    local = np.array([currencies.index(code) if code in currencies else dollars for code in own])
    kinds = list(parameters.buyers.currencies)
    drawn = pick(rng, parameters.buyers.currencies, len(country))
    fixed = np.array([currencies.index(kind) if kind in currencies else dollars for kind in kinds])
    return np.where(np.array(kinds)[drawn] == "local", local[country], fixed[drawn])


def _circles(
    exporters: Exporters, calendar: Calendar, enter: Ints, yearly: Floats, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Choose each buyer's exporters, mostly of one category, among those registered when it enters."""
    count = len(enter)
    known = exporters.known_by(calendar.starts[enter])
    cumulated = np.cumsum(exporters.size)
    drawn = rng.random((count, CIRCLE, _CANDIDATES)) * cumulated[known - 1][:, None, None]
    candidates = np.minimum(np.searchsorted(cumulated, drawn, side="right"), (known - 1)[:, None, None])
    main = exporters.category[candidates[:, 0, 0]]
    fitting = exporters.category[candidates] == main[:, None, None]
    circle = np.take_along_axis(candidates, fitting.argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    wanted = np.minimum(1 + rng.poisson(np.log1p(yearly)), CIRCLE)
    weights = rng.exponential(size=(count, CIRCLE)) * (np.arange(CIRCLE) < wanted[:, None])
    return circle.astype(np.int64), np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
