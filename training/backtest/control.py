"""Conformal risk control: the largest scale of the appetite at which past quarters kept within it, with a margin.

The unit is a buyer: over past quarters it cost `l(s) = net compensation - appetite * covered` at scale `s` of the
appetite. With n exchangeable buyers and no loss above B, choosing the largest scale at which

    (n * mean(l(s)) + B) / (n + 1) <= 0

holds keeps the expected `l` of the next buyer at or below 0, so that compensated loss per covered amount stays within
the appetite in expectation. `l` need not rise with `s`: the running maximum over smaller scales stands for its mean,
for which the paper's guarantee holds as n grows. What is recovered later is not known in time, so the policy's loss
given default stands for it.
B is the most that a buyer can cost: no more than the cap can be outstanding, and the appetite's part of what is covered
is only ever in its favour.

The guarantee holds while next quarter's buyers are as those of the past. A drift of the book, the model or the season
breaks that; the drift alarm of the retraining tells when it does, and then the scale is no promise.

Reference: A. Angelopoulos, S. Bates, A. Fisch, L. Lei, T. Schuster, "Conformal Risk Control", ICLR 2024
(arXiv 2208.02814): the choice of lambda, and its remarks on losses that are not monotone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def largest_safe_scale(scales: Sequence[float], net: Floats, covered: Floats, appetite: float, most: float) -> float:
    """Choose the appetite's scale from past quarters.

    Args:
        scales: (k,) rising.
        net: (n, k) each buyer's compensated loss over all past quarters at each scale, US cents.
        covered: (n, k) its covered trade likewise.
        appetite: compensated loss may be this share of the covered trade.
        most: the most that one buyer can cost, US cents.

    Returns:
        One of the scales, or 0 where even the smallest is not safe: then no limit beyond the discretionary is.
    """
    cost = net - appetite * covered
    worst = np.maximum.accumulate(cost.sum(axis=0))
    safe = (worst + most) / (len(cost) + 1) <= 0
    return float(scales[int(np.flatnonzero(safe)[-1])]) if safe.any() else 0.0
