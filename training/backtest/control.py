"""Conformal risk control: the largest scale of the appetite at which past quarters kept within it, with a margin.

The unit is a buyer: over past quarters it cost `l(s) = compensated loss - appetite * covered` at scale `s` of the
appetite. With n exchangeable buyers and no loss above B, scales count as safe where

    (n * mean(l(s)) + B) / (n + 1) <= 0

and the largest of the first run of safe scales is taken. Where `l` rises with `s` the expected `l` of the next buyer is
then at or below 0, so that compensated loss per covered amount stays within the appetite in expectation. It does not
always rise, for more limit covers more trade too; over a fixed, finite list of scales the guarantee then holds as n
grows. What is recovered later is not known in time: the policy's loss given default stands for it.
B is the most that a buyer can cost: what is owed stays outstanding, and no more than the cap ever is.

The guarantee holds while next quarter's buyers are as those of the past. A drift of the book, the model or the season
breaks that; the drift alarm of the retraining tells when it does, and then the scale is no promise.

Reference: A. Angelopoulos, S. Bates, A. Fisch, L. Lei, T. Schuster, "Conformal Risk Control", ICLR 2024
(arXiv 2208.02814): the choice of lambda, and its remarks on losses that are not monotone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def largest_safe_scale(
    scales: Sequence[float], net: Floats, covered: Floats, appetite: float, most: float
) -> float | None:
    """Choose the appetite's scale from past quarters.

    Args:
        scales: (k,) rising.
        net: (n, k) each buyer's compensated loss over all past quarters at each scale, US cents.
        covered: (n, k) its covered trade likewise.
        appetite: compensated loss may be this share of the covered trade.
        most: the most that one buyer can cost, US cents.

    Returns:
        One of the scales, or None where none is safe: the book is too small, or lost too much, to prove anything.
    """
    cost = (net - appetite * covered).sum(axis=0)
    safe = (cost + most) / (len(net) + 1) <= 0
    if not safe.any():
        return None
    first = int(np.argmax(safe))
    run = safe[first:]
    last = len(run) if run.all() else int(np.argmin(run))
    return float(scales[first + last - 1])
