"""Log-odds and sigmoid calibration, shrunk toward leaving a prediction as it is.

Reference: J. Platt, "Probabilistic outputs for support vector machines" (1999), here on log-odds with a
Gaussian prior at intercept 0 and slope 1, so that few defaults move it little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

Vector = NDArray[np.float64]
_LEAST = 1e-6


def log_odds(pd: Vector) -> Vector:
    """Turn probabilities into log-odds, kept off 0 and 1 by one in a million."""
    odds: Vector = logit(np.clip(pd, _LEAST, 1 - _LEAST))
    return odds


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """A straight line in log-odds.

    >>> float(Sigmoid(0.0, 1.0)(np.array([0.25]))[0])
    0.25
    """

    intercept: float
    slope: float

    def __call__(self, pd: Vector) -> Vector:
        """Calibrate probabilities (n,)."""
        calibrated: Vector = expit(self.intercept + self.slope * log_odds(pd))
        return calibrated


def fit_sigmoid(pd: Vector, outcome: Vector, slope_deviation: float = 0.5) -> Sigmoid:
    """Fit by penalised likelihood; `slope_deviation` is the prior's standard deviation of the slope around 1."""
    odds = log_odds(pd)

    def loss(line: Vector) -> float:
        z = line[0] + line[1] * odds
        likelihood = np.logaddexp(0, z) - outcome * z
        return float(likelihood.sum() + 0.5 * ((line[1] - 1) / slope_deviation) ** 2 + 0.5 * (line[0] / 2) ** 2)

    fitted = minimize(loss, np.array([0.0, 1.0]), method="BFGS").x
    # A negative slope would turn the ranking round: then the model knows nothing, and all get the mean.
    return Sigmoid(round(float(fitted[0]), 9), max(round(float(fitted[1]), 9), 0.0))
