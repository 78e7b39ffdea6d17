"""One block of owners from birth to books: the unit of work, the same whoever does it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from training.market import truth_file
from training.market.calendar import Calendar
from training.market.claims import draw_claims
from training.market.countries import World
from training.market.exporters import Exporters
from training.market.fates import Fates, draw_fates
from training.market.health import Chain, live
from training.market.lateness import Lateness
from training.market.ledger import Ledger, keep_ledger
from training.market.notices import draw_notices
from training.market.orders import Orders, demand, draw_orders
from training.market.parameters import Parameters
from training.market.population import Buyers, Population
from training.market.programme import Asked, apply_limits
from training.market.recording import (
    Names,
    claim_table,
    identifiers,
    notice_table,
    order_table,
    payment_table,
    ship,
)
from training.market.registers import buyer_ids, exporter_ids
from training.market.streams import Floats, stream
from training.market.truth import Truth, truth_table

_KNOWN_AFTER_DUE = 45


@dataclass(frozen=True)
class Market:
    """What all blocks share."""

    parameters: Parameters
    calendar: Calendar
    there: World
    exporters: Exporters
    chain: Chain
    lateness: Lateness
    truth: Truth
    rates: Floats
    seed: int


def play(market: Market, block: Population, place: int) -> dict[str, pa.Table]:
    """Simulate one block, and give its rows of orders, payments, notices, claims and truth."""
    parameters, calendar, exporters, seed = market.parameters, market.calendar, market.exporters, market.seed
    owners, buyers = block.owners, block.buyers
    frailty = np.array(list(parameters.owners.frailty))[owners.frailty]
    health = live(
        market.chain, owners.country, frailty, owners.enter, owners.start,
        market.there, calendar, stream(seed, "health", place),
    )  # fmt: skip
    wanted = demand(parameters, calendar, exporters, buyers, market.lateness)
    orders = draw_orders(
        parameters, calendar, exporters, buyers, health, wanted, market.chain, market.lateness, seed, place
    )
    fates = draw_fates(parameters, exporters, buyers, health, orders, market.chain, market.lateness, seed, place)
    ledger = _ledger(market, buyers, orders, fates, place)
    tables = _record(market, block, ledger, place)
    return {**tables, truth_file.NAME: truth_table(market.truth, block, health, market.there.shocked, wanted, place)}


def _ledger(market: Market, buyers: Buyers, orders: Orders, fates: Fates, place: int) -> Ledger:
    asked = Asked(
        orders.buyer, orders.month, orders.day, orders.exporter, orders.cents,
        settled_on=fates.settled_on,
        stop_on=np.where(fates.defaulted, orders.due + _KNOWN_AFTER_DUE, market.calendar.starts[-1]),
    )  # fmt: skip
    cents, covered = apply_limits(
        market.parameters, market.calendar, market.exporters, asked, len(buyers), market.seed, place
    )
    return keep_ledger(
        orders, fates, buyers.currency[orders.buyer], cents, covered, market.rates, int(market.calendar.starts[0])
    )


def _record(market: Market, block: Population, ledger: Ledger, place: int) -> dict[str, pa.Table]:
    parameters, calendar, exporters = market.parameters, market.calendar, market.exporters
    rng = stream(market.seed, "recording", place)
    shipping = ship(parameters, ledger, exporters.paperwork[ledger.orders.exporter], rng)
    claims = draw_claims(parameters, exporters, ledger, shipping.customs, block.currencies, market.seed, place)
    notices = draw_notices(parameters, exporters, ledger, market.seed, place)
    names = Names(
        buyers=buyer_ids(block.buyers.number),
        exporters=exporter_ids(len(exporters)),
        currencies=pa.array(block.currencies),
        categories=pa.array(list(parameters.categories)),
        orders=identifiers(f"O{place:04d}", np.arange(len(ledger.orders)), 8),
    )
    return {
        "orders": order_table(ledger, exporters.category, shipping, names, calendar, place),
        "payments": payment_table(ledger, claims, shipping, names, parameters, calendar, rng, place),
        "overdue_notices": notice_table(ledger, notices, names, calendar, rng),
        "claims": claim_table(ledger, claims, names, parameters, calendar, rng, place),
    }
