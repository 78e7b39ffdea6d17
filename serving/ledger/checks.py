"""Order checks: ask the database to decide and reserve, and read its answers."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import psycopg
from psycopg import AsyncCursor
from psycopg.rows import RowMaker

from features.errors import CallerError
from features.money import USD, Money
from features.rates import Rate, usd_rate
from models.policy import Policy, policies
from models.reasons import Audience, Reason, texts
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

DecisionWord = Literal["covered", "partly_covered", "declined", "referred"]


class OrderCheck(NamedTuple):
    """What is asked of one order: may `amount_minor` of `currency`, due after `terms_days`, be covered?"""

    order_id: str
    exporter_id: str
    buyer_id: str
    amount_minor: int
    currency: str
    terms_days: int
    accept_partial: bool


class Decision(NamedTuple):
    """What was answered on one order, now or when it was first asked; `_minor` is of the order's currency.

    The fields are those of a row of `ledger.check_orders`, in their order; a class of another kind takes longer to make
    than a row to read.
    """

    place: int
    same_body: bool
    order_id: str
    currency: str
    terms_days: int
    decision: DecisionWord
    cover_id: int | None
    covered_minor: int
    available_minor: int
    rate_bp: int
    expires_at: datetime | None
    reasons: list[str]
    amount_cents: int
    policy_version: str
    country: str
    limit_cents: int
    limit_grade: str | None
    limit_until: date | None
    country_ceiling_cents: int
    first_time_exporters: int
    largest_paid_cents: int

    def explained(self, audience: Audience) -> list[Reason]:
        """Give the reasons with the facts that their texts for an audience need."""
        return [Reason(code, self._facts(code) if needs_facts(code, audience) else {}) for code in self.reasons]

    def _facts(self, code: str) -> dict[str, str]:
        return _FACTS[code](self, policies().version(self.policy_version))


def _usd(cents: int) -> str:
    return str(Money(cents, USD))


def _available(decision: Decision) -> str:
    return str(Money(decision.available_minor, decision.currency))


def _times(amount_cents: int, largest_paid_cents: int) -> str:
    return str(amount_cents // largest_paid_cents) if largest_paid_cents else "∞"


@cache
def needs_facts(code: str, audience: Audience) -> bool:
    """Tell whether a reason's texts have blanks; most texts for exporters have none, and filling them in takes time."""
    return any("{" in text for text in texts()[code][audience].values())


# The facts that fill the blanks of each reason's texts.
_FACTS: dict[str, Callable[[Decision, Policy], dict[str, str]]] = {
    "within_limit": lambda d, _: {"available": _available(d)},
    "limit_full": lambda d, _: {"available": _available(d)},
    "partly_fits": lambda d, _: {"available": _available(d)},
    "exporter_ceiling": lambda _, p: {"ceiling": _usd(p.ceilings.exporter)},
    "country_ceiling": lambda d, _: {"ceiling": _usd(d.country_ceiling_cents), "country": d.country},
    "programme_ceiling": lambda _, p: {"ceiling": _usd(p.ceilings.programme_year)},
    "unknown_buyer": lambda d, _: {"limit": _usd(d.limit_cents)},
    "limit_refused": lambda d, _: {"grade": d.limit_grade or "-"},
    "limit_expired": lambda d, _: {"day": str(d.limit_until)},
    "terms_too_long": lambda d, p: {"days": str(d.terms_days), "longest": str(p.longest_terms_days)},
    "many_new_exporters": lambda d, p: {"window": str(p.referral.window_days), "count": str(d.first_time_exporters)},
    "jump_against_paid": lambda d, _: {"times": _times(d.amount_cents, d.largest_paid_cents)},
}


async def check_orders(
    pool: Pool, orders: Sequence[OrderCheck], recorded_by: str, at: datetime | None = None
) -> list[Decision]:
    """Decide orders and reserve their cover in one atomic statement; an order decided before keeps its answer.

    Args:
        pool: connections to the ledger's database.
        orders: up to a few thousand; they are decided in this order, each after what those before it took.
        recorded_by: who asks, for the ledger.
        at: the instant to decide at; the database's clock by default.

    Raises:
        CallerError: a currency without a reference rate.
        UnavailableError: the database does not answer; asking again is safe.
    """
    if not orders:
        return []
    parameters = _parameters(orders, recorded_by, at)

    async def ask(connection: Connection) -> list[Decision]:
        return await _decide(connection, parameters)

    return await run(pool, ask)


async def decide_orders(connection: Connection, orders: Sequence[OrderCheck], recorded_by: str) -> list[Decision]:
    """Do the same on a connection, as a part of the caller's transaction.

    Raises:
        CallerError: a currency without a reference rate.
    """
    return await _decide(connection, _parameters(orders, recorded_by, None))


def _parameters(orders: Sequence[OrderCheck], recorded_by: str, at: datetime | None) -> tuple[object, ...]:
    """Give the statement's parameters, arrays as text: the driver takes ten times as long to write a list out."""
    today = (at or datetime.now(UTC)).date()
    rates = [rate_of(order.currency, today) for order in orders]
    order_ids, exporter_ids, buyer_ids, amounts, currencies, terms, partials = zip(*orders, strict=True)
    return (
        text_array(order_ids),
        text_array(exporter_ids),
        text_array(buyer_ids),
        _array(amounts),
        text_array(currencies),
        _array(terms),
        _array(partials),
        _array([rate.usd_cents_per_minor for rate in rates]),
        _array([rate.day for rate in rates]),
        recorded_by,
        at,
    )


def _array(values: Iterable[object]) -> str:
    """Write numbers, days or truths as PostgreSQL reads an array of them."""
    return f"{{{','.join(map(str, values))}}}"


def text_array(values: Sequence[str]) -> str:
    r"""Write texts as PostgreSQL reads an array of them.

    >>> print(text_array(["a", 'say "b"', "c\\d"]))
    {"a","say \"b\"","c\\d"}
    """
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') > 2 * (len(values) - 1):
        joined = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return f'{{"{joined}"}}'


def _decisions(_: AsyncCursor[Decision]) -> RowMaker[Decision]:
    return Decision._make


async def _decide(connection: Connection, parameters: tuple[object, ...]) -> list[Decision]:
    async with connection.cursor(row_factory=_decisions, binary=True) as cursor:
        try:
            await cursor.execute(query("check_orders"), parameters)
        except psycopg.errors.UniqueViolation as error:
            # Another check decided one of these orders at the same time: asked again, it answers what that one decided.
            raise psycopg.errors.SerializationFailure(str(error)) from error
        return sorted(await cursor.fetchall())


@lru_cache(maxsize=4096)
def rate_of(currency: str, day: date) -> Rate:
    """Find the US cents that a minor unit is worth today; kept, for each check asks it."""
    try:
        return usd_rate(currency, day)
    except CallerError as error:
        raise CallerError("currency", currency, error.cause, error.remedy) from error
