"""What came of the appetite: realised compensated loss within the covered amount, out of time."""

import numpy as np

from models.policy import BASIS_POINTS
from training.backtest.run import Backtest
from training.judging import Estimate


def realised(found: Backtest, strategy: str) -> dict[str, Estimate]:
    """Tell the loss per covered amount, in basis points, over the quarters for which a scale was calibrated.

    Returns:
        `expected` takes the policy's loss given default of what was paid out, as the appetite and its control do;
        `net` takes off what the book knows to have been recovered. NaN where no quarter was calibrated.
    """
    calibrated = [number for number, scale in enumerate(found.control) if scale is not None]
    lgd = found.policies.at(found.quarters[-1].first_day).loss_given_default / BASIS_POINTS
    paid, net, covered = (
        found.resampling.totals(found.outcomes[strategy].of(measure)[:, calibrated].sum(axis=1))
        for measure in ("compensated", "net", "covered")
    )
    return {
        name: found.resampling.estimate(
            BASIS_POINTS * np.divide(loss, covered, out=np.full_like(loss, np.nan), where=covered > 0)
        )
        for name, loss in (("expected", paid * lgd), ("net", net))
    }
