"""The truth of a market: what the latent mechanism holds in store for each buyer at each month's end.

Nothing here is drawn. For a buyer in a known state at the end of day D, its country's shock known to be on or off,
`pd` is the probability that an order placed in the horizon (D, D + H] defaults. With m the months that the horizon
touches (the last in part: orders fall evenly on a month's days), and conditional on the path of health and shock:

* orders on credit in month m are Poisson with gamma noise of shape a: none defaults with probability
  (1 + rate x / a) ** -a, where x is the probability that one order does;
* an order defaults by lapse or quarrel, or because its owner ceases to pay, in month f, before it is paid. The
  probability of the latter, given f, is a mean over the days of both months (`windows`).

So for each f apart, the probability that all goes well is a product along the path, and a forward recursion over the
joint chain of health and shock sums it over all paths exactly (`recursion`). After the horizon no orders matter, and
only the probability of ceasing in month f does, which is tabulated once for all (`ceasing`). An owner who ceases to
pay places no order before the horizon ends: it stays away for four months at least.

The expected loss is linear in the orders and needs the same chain only once.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from training.market.ceasing import Ceasing
from training.market.fates import expected_unpaid
from training.market.health import Health
from training.market.orders import Demand
from training.market.outlook import Standing, outlook, standing
from training.market.parameters import LEFT
from training.market.population import Population
from training.market.recursion import Present, expected, survival
from training.market.registers import buyer_ids
from training.market.setting import Setting
from training.market.streams import Flags, Floats
from training.market.truth_file import SCHEMA, owner_ids
from training.market.windows import Window, windows

# Less than this much of a cent is nothing.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Truth:
    """What the truth of all blocks shares; `horizons` has the windows of each month's end."""

    ceasing: Ceasing
    horizons: tuple[list[Window], ...]


def tabulate(setting: Setting) -> Truth:
    """Prepare the tables that do not depend on a buyer."""
    calendar = setting.calendar
    whole = calendar.until + 1 == calendar.starts[calendar.months]
    ends = range(calendar.months if whole else calendar.months - 1)
    return Truth(Ceasing(setting), tuple(windows(setting, end) for end in ends))


def truth_table(
    setting: Setting, truth: Truth, block: Population, health: Health, wanted: Demand, place: int
) -> pa.Table:
    """Compute the truth of a block's buyers at all month ends since they entered.

    Args:
        setting: what all blocks share.
        truth: and the truth's tables.
        block: owners and buyers.
        health: the owners' states.
        wanted: what buyers would order while their state changes nothing.
        place: the block's number, part of the owners' identifiers.
    """
    seen = _Seen(setting, truth, block, health, wanted, standing(setting, block.buyers), place)
    return pa.concat_tables([_month_end(seen, end) for end in range(len(truth.horizons))])


@dataclass(frozen=True)
class _Seen:
    """A block seen by the truth."""

    setting: Setting
    truth: Truth
    block: Population
    health: Health
    wanted: Demand
    kept: Standing
    place: int


def _month_end(seen: _Seen, end: int) -> pa.Table:
    setting, truth, owners, buyers = seen.setting, seen.truth, seen.block.owners, seen.block.buyers
    entered = np.flatnonzero(buyers.enter <= end)
    owner = buyers.owner[entered]
    state, shock = seen.health.after[owner, end], setting.there.shocked[owners.country[owner], end]
    active = state != setting.chain.index(LEFT)
    now = Present(
        owners.country[owner][active], owners.frailty[owner][active], state[active], shock[active].astype(np.int64)
    )
    horizon = [
        (window.month,
         outlook(setting, buyers, seen.kept, seen.wanted, entered[active], window))
        for window in truth.horizons[end]
    ]  # fmt: skip
    pd, p_order = survival(truth.ceasing, now, horizon, setting.parameters.buyers.lumpiness)
    loss, at_risk = expected(truth.ceasing, now, horizon, *expected_unpaid(setting.parameters, setting.chain))
    columns = {
        "buyer_id": buyer_ids(buyers.number[entered]),
        "as_of": np.full(len(entered), setting.calendar.starts[end + 1] - 1).astype("datetime64[D]"),
        "horizon_days": np.full(len(entered), setting.parameters.horizon_days, dtype=np.int16),
        "pd": _spread(pd, active),
        "p_order": _spread(p_order, active),
        "expected_loss_minor": np.rint(_spread(loss, active)).astype(np.int64),
        "lgd": pa.array(
            _spread(loss / np.maximum(at_risk, _NOTHING), active), mask=_spread(at_risk, active) <= _NOTHING
        ),
        "state": pa.array(setting.chain.names).take(pa.array(state)),
        "in_shock": shock,
        "frailty": setting.frailty[owners.frailty[owner]],
        "owner_id": owner_ids(owner, seen.place),
    }
    return pa.table(columns, schema=SCHEMA)


def _spread(values: Floats, active: Flags) -> Floats:
    """Set the buyers who left for good to 0."""
    whole = np.zeros(len(active))
    whole[active] = values
    return whole
