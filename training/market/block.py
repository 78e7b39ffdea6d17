"""One block of owners from birth to books: the unit of work, the same whoever does it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from training.market import truth_file
from training.market.claims import draw_claims
from training.market.fates import Fates, draw_fates
from training.market.health import live
from training.market.ledger import Ledger, keep_ledger
from training.market.notices import draw_notices
from training.market.orders import Orders, demand, draw_orders
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
from training.market.setting import Setting
from training.market.streams import Floats, stream
from training.market.truth import Truth, truth_table

_KNOWN_AFTER_DUE = 45


@dataclass(frozen=True)
class Market:
    """What all blocks need: the setting, the truth's tables, and US cents for a minor unit by currency and day."""

    setting: Setting
    truth: Truth
    rates: Floats


def play(market: Market, block: Population, place: int) -> dict[str, pa.Table]:
    """Simulate one block, and give its rows of orders, payments, notices, claims and truth."""
    setting, buyers = market.setting, block.buyers
    health = live(setting, block.owners, place)
    wanted = demand(setting, buyers)
    orders = draw_orders(setting, buyers, health, wanted, place)
    fates = draw_fates(setting, buyers, health, orders, place)
    ledger = _ledger(market, buyers, orders, fates, place)
    truth = truth_table(setting, market.truth, block, health, wanted, place)
    return {**_record(setting, block, ledger, place), truth_file.NAME: truth}


def _ledger(market: Market, buyers: Buyers, orders: Orders, fates: Fates, place: int) -> Ledger:
    starts = market.setting.calendar.starts
    asked = Asked(
        orders.buyer, orders.month, orders.day, orders.exporter, orders.cents,
        settled_on=fates.settled_on,
        stop_on=np.where(fates.defaulted, orders.due + _KNOWN_AFTER_DUE, starts[-1]),
    )  # fmt: skip
    cents, covered = apply_limits(market.setting, asked, len(buyers), place)
    return keep_ledger(orders, fates, buyers.currency[orders.buyer], cents, covered, market.rates, int(starts[0]))


def _record(setting: Setting, block: Population, ledger: Ledger, place: int) -> dict[str, pa.Table]:
    rng = stream(setting.seed, "recording", place)
    shipping = ship(setting, ledger, rng)
    claims = draw_claims(setting, ledger, shipping.customs, block.currencies, place)
    notices = draw_notices(setting, ledger, place)
    names = Names(
        block=place,
        buyers=buyer_ids(block.buyers.number),
        exporters=exporter_ids(len(setting.exporters)),
        currencies=pa.array(block.currencies),
        categories=pa.array(list(setting.parameters.categories)),
        orders=identifiers(f"O{place:04d}", np.arange(len(ledger.orders)), 8),
    )
    return {
        "orders": order_table(setting, ledger, shipping, names),
        "payments": payment_table(setting, ledger, claims, shipping, names, rng),
        "overdue_notices": notice_table(setting, ledger, notices, names, rng),
        "claims": claim_table(setting, ledger, claims, names, rng),
    }
