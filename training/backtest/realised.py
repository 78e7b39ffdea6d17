"""What came of the appetite: realised compensated loss within the covered amount, out of time."""

import numpy as np

from models.policy import BASIS_POINTS
from training.backtest.run import Backtest
from training.judging import Estimate


def realised(found: Backtest, strategy: str) -> Estimate:
    """Tell the loss per covered amount, in basis points, over the quarters for which a scale was calibrated.

    NaN where no quarter had mature outcomes before it to calibrate on.
    """
    calibrated = [number for number, scale in enumerate(found.control) if scale is not None]
    outcome = found.outcomes[strategy]
    net, covered = (
        found.resampling.totals(outcome.of(measure)[:, calibrated].sum(axis=1)) for measure in ("net", "covered")
    )
    share = np.divide(net, covered, out=np.full_like(net, np.nan), where=covered > 0)
    return found.resampling.estimate(BASIS_POINTS * share)
