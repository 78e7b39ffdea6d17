"""Replaying every order in sequence against the limits of its day, with exposure running.

What the service does at order time: stop cover, longest terms, and the ceilings of buyer, exporter, country and
programme year; an order that fits in part is covered in part. Exposure falls as payments are recorded, once they have
paid what no cover bears, and is back where a correction takes one of them away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.backtest.history import History, Ints

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for each order (n,) on its day, beside the buyer's limit; US cents.

    Attributes:
        insurable: terms within the policy's longest, cover not stopped.
        exporter_ceiling, country_ceiling, year_ceiling: the policy's ceilings.
        year: calendar year of the order.
    """

    insurable: Flags
    exporter_ceiling: Ints
    country_ceiling: Ints
    year_ceiling: Ints
    year: Ints


def replay(history: History, limit: Ints, terms: Terms) -> Ints:
    """Give the covered amount (n,) of every order, US cents, under the limits (n,) of their buyers on their days."""
    orders = history.orders
    covered = [0] * len(orders)
    released = [0] * len(orders)
    on_buyer = [0] * len(history.buyers)
    on_exporter = [0] * (int(orders.exporter.max()) + 1)
    on_country = [0] * len(history.countries)
    in_year: dict[int, int] = {}
    buyer, exporter, country = orders.buyer.tolist(), orders.exporter.tolist(), orders.country.tolist()
    cents, insurable, limits, year = (
        orders.cents.tolist(),
        terms.insurable.tolist(),
        limit.tolist(),
        terms.year.tolist(),
    )
    of_exporter, of_country = terms.exporter_ceiling.tolist(), terms.country_ceiling.tolist()
    of_year = terms.year_ceiling.tolist()
    for order, paid in _events(history):
        owner, seller, land = buyer[order], exporter[order], country[order]
        if paid is not None:
            freed = max(covered[order] + paid - cents[order], 0) - released[order]
            released[order] += freed
            on_buyer[owner] -= freed
            on_exporter[seller] -= freed
            on_country[land] -= freed
        elif insurable[order]:
            used = in_year.get(year[order], 0)
            fits = min(
                cents[order],
                limits[order] - on_buyer[owner],
                of_exporter[order] - on_exporter[seller],
                of_country[order] - on_country[land],
                of_year[order] - used,
            )
            if fits > 0:
                covered[order] = fits
                on_buyer[owner] += fits
                on_exporter[seller] += fits
                on_country[land] += fits
                in_year[year[order]] = used + fits
    return np.array(covered, dtype=np.int64)


def _events(history: History) -> list[tuple[int, int | None]]:
    """List orders (paid None) and payments by day; on one day what was paid comes first, then orders as they came.

    Of what was known to be paid of one order the last counts, which a correction may have made less than those before.
    """
    orders, releases = history.orders, history.releases
    place = np.concatenate([releases.order, np.arange(len(orders))])
    day = np.concatenate([releases.day, orders.day])
    # A payment recorded before its order's day (paid at once, entered late) is taken on that day, after the order.
    early = releases.day <= orders.day[releases.order]
    day[: len(releases.order)][early] = orders.day[releases.order][early]
    kind = np.concatenate([np.where(early, 2, 0), np.ones(len(orders), dtype=np.int64)])
    amount = np.concatenate([releases.paid, np.zeros(len(orders), dtype=np.int64)])
    recorded = np.concatenate([releases.day, orders.day])
    order = np.lexsort((recorded, place, kind, day))
    is_payment = (kind != 1)[order].tolist()
    return [
        (each, paid if payment else None)
        for each, paid, payment in zip(place[order].tolist(), amount[order].tolist(), is_payment, strict=True)
    ]
