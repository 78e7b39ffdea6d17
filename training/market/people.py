"""Drawing owners and their buyers: how large, from when, with which habits, and with whom they deal."""

import numpy as np

from features.money import USD
from features.rates import quoted
from training.market.calendar import to_date
from training.market.parameters import Parameters
from training.market.population import Buyers, Owners, Population
from training.market.setting import Setting
from training.market.streams import Flags, Floats, Ints, pick, pick_from, stream

CIRCLE = 10
_CANDIDATES = 4
_LIKENESS = 0.6
_AT_ONCE = 0.5
_BUSTOUT_SIGMA = 0.5


def draw_population(setting: Setting, count: int) -> Population:
    """Draw `count` buyers and the owners behind them."""
    rng, parameters = stream(setting.seed, "owners"), setting.parameters
    planned = rng.random(count) < parameters.bustouts.owners
    names = np.where(planned, _group_sizes(rng, parameters.bustouts.names, count), 0)
    names = np.where(planned, names, _group_sizes(rng, parameters.owners.names, count))
    owner = np.repeat(np.arange(count), names)[:count]
    planned = planned[: owner[-1] + 1]
    size = rng.normal(size=len(planned))
    owners = _draw_owners(setting, planned, size, rng)
    currencies = _currencies(setting)
    return Population(owners, _draw_buyers(setting, owners, owner, size, currencies), currencies)


def _group_sizes(rng: np.random.Generator, names: dict[int, float], count: int) -> Ints:
    return np.array(list(names))[pick(rng, names, count)]


def _draw_owners(setting: Setting, planned: Flags, size: Floats, rng: np.random.Generator) -> Owners:
    parameters, chain, count = setting.parameters, setting.chain, len(planned)
    early = rng.random(count) < parameters.buyers.present_at_start
    settled = np.array([chain.index(name) for name in parameters.owners.start])[
        pick(rng, parameters.owners.start, count)
    ]
    start = np.where(early, settled, chain.index("new"))
    return Owners(
        country=pick_from(rng, np.cumsum(setting.there.shares), count),
        frailty=_frailty(parameters, size, rng),
        enter=np.where(early, 0, rng.integers(1, setting.calendar.months, count)),
        start=np.where(planned, chain.index("building"), start),
    )


def _frailty(parameters: Parameters, size: Floats, rng: np.random.Generator) -> Ints:
    shares = np.array(list(parameters.owners.frailty.values()))
    lean = np.linspace(1, -1, len(shares)) * parameters.owners.size_protection
    weights = shares * np.exp(np.outer(size, lean))
    cumulated = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    classes: Ints = (rng.random(len(size))[:, None] > cumulated[:, :-1]).sum(axis=1)
    return classes


def _currencies(setting: Setting) -> tuple[str, ...]:
    """List the currencies that the ECB quotes throughout the market."""
    first, last = to_date(setting.calendar.starts[0]), to_date(setting.calendar.until)
    named = {USD, "CNY", *(country.currency for country in setting.parameters.countries.list.values())}
    spans = {code: quoted(code) for code in named}
    return tuple(sorted(code for code, span in spans.items() if span and span[0] <= first and last <= span[1]))


def _draw_buyers(setting: Setting, owners: Owners, owner: Ints, size: Floats, currencies: tuple[str, ...]) -> Buyers:
    rng, parameters, count = stream(setting.seed, "buyers"), setting.parameters, len(owner)
    ours, planned = parameters.buyers, setting.chain.is_planned(owners.start)[owner]
    first = np.diff(owner, prepend=-1) > 0
    yearly = _orders_a_year(parameters, np.where(first, size[owner], _sibling_size(size[owner], rng)), planned)
    anywhere = pick_from(rng, np.cumsum(setting.there.shares), count)
    country = np.where(rng.random(count) < parameters.owners.same_country, owners.country[owner], anywhere)
    enter = np.where(first, owners.enter[owner], _sibling_entry(setting, owners.enter[owner], planned, rng))
    circle, weights = _circles(setting, enter, yearly, rng)
    return Buyers(
        number=stream(setting.seed, "identifiers").permutation(count),
        owner=owner,
        country=country,
        enter=enter,
        rate=yearly / 12,
        growth=rng.normal(0, ours.growth_a_month, count),
        amount=rng.lognormal(np.log(ours.amount_usd.median), ours.amount_usd.between, count),
        habit=_habits(parameters, setting.there.slow[country], owners.frailty[owner], planned, rng),
        terms=pick(rng, [kind.share for kind in ours.terms.values()], count),
        currency=_buyer_currencies(parameters, country, currencies, rng),
        registered=rng.random(count) < np.array(ours.registered)[owners.frailty[owner]],
        circle=circle,
        weights=weights,
    )


def _sibling_size(size: Floats, rng: np.random.Generator) -> Floats:
    """Let further buyers of an owner be like it in size, but not of its size."""
    alike: Floats = _LIKENESS * size + np.sqrt(1 - _LIKENESS**2) * rng.normal(size=len(size))
    return alike


def _sibling_entry(setting: Setting, enter: Ints, planned: Flags, rng: np.random.Generator) -> Ints:
    """Let half of an owner's further buyers come later; who plans to vanish needs all names from the start."""
    later = enter + rng.integers(0, np.maximum(setting.calendar.months - enter, 1))
    return np.where(planned | (rng.random(len(enter)) < _AT_ONCE), enter, later)


def _orders_a_year(parameters: Parameters, size: Floats, planned: Flags) -> Floats:
    usual, trusted = parameters.buyers.orders_a_year, parameters.bustouts.orders_a_year
    orders = np.minimum(usual.median * np.exp(usual.sigma * size), usual.most)
    return np.where(planned, trusted * np.exp(_BUSTOUT_SIGMA * size), orders)


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


def _circles(setting: Setting, enter: Ints, yearly: Floats, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Choose each buyer's exporters, mostly of one category, among those registered when it enters."""
    exporters = setting.exporters
    count = len(enter)
    known = exporters.known_by(setting.calendar.starts[enter])
    cumulated = np.cumsum(exporters.size)
    drawn = rng.random((count, CIRCLE, _CANDIDATES)) * cumulated[known - 1][:, None, None]
    candidates = np.minimum(np.searchsorted(cumulated, drawn, side="right"), (known - 1)[:, None, None])
    main = exporters.category[candidates[:, 0, 0]]
    fitting = exporters.category[candidates] == main[:, None, None]
    circle = np.take_along_axis(candidates, fitting.argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    wanted = np.minimum(1 + rng.poisson(np.log1p(yearly)), CIRCLE)
    weights = rng.exponential(size=(count, CIRCLE)) * (np.arange(CIRCLE) < wanted[:, None])
    return circle.astype(np.int64), np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
