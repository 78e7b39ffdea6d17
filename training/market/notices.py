"""Exporters' overdue notices: some report early, some late, many never."""

from dataclasses import dataclass

import numpy as np

from training.market.ledger import Ledger
from training.market.setting import Setting
from training.market.streams import Ints, days_between, stream

_SECOND_AFTER = 30


@dataclass(frozen=True)
class Notices:
    """Notices: the order's place, the day of the report, what was owed on it in minor units."""

    order: Ints
    day: Ints
    owed: Ints


def draw_notices(setting: Setting, ledger: Ledger, block: int) -> Notices:
    """Draw the notices on a block's orders."""
    rng, ours = stream(setting.seed, "notices", block), setting.parameters.recording
    count = len(ledger.orders)
    told = rng.random(count) < setting.exporters.diligence[ledger.orders.exporter]
    first = ledger.orders.due + days_between(rng, ours.notice_after, count)
    again = told & (rng.random(count) < ours.second_notice)
    second = first + _SECOND_AFTER + days_between(rng, ours.notice_after, count)
    order = np.concatenate([np.flatnonzero(told), np.flatnonzero(again)])
    day = np.concatenate([first[told], second[again]])
    owed = ledger.owed(order, day)
    open_still = owed > 0
    return Notices(order[open_still], day[open_still], owed[open_still])
