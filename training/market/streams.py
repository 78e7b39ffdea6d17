"""Seeded randomness: one independent stream for each purpose and block, so that no draw depends on who else draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A purpose's place is part of its seed: add new ones at the end.
PURPOSES = (
    "countries", "exporters", "owners", "buyers", "identifiers", "names", "health", "orders", "programme", "payments",
    "notices", "claims", "recording",
)  # fmt: skip


def stream(seed: int, purpose: str, block: int = 0) -> np.random.Generator:
    """Open the stream of one purpose in one block."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PURPOSES.index(purpose), block)))


def pick(rng: np.random.Generator, shares: Mapping[Any, float] | Sequence[float], size: int) -> Ints:
    """Draw positions in proportion to shares."""
    weights = np.array(list(shares.values() if isinstance(shares, Mapping) else shares), dtype=np.float64)
    return pick_from(rng, np.cumsum(weights), size)


def pick_from(rng: np.random.Generator, cumulated: Floats, size: int) -> Ints:
    """Draw positions in proportion to the steps of a cumulated sum."""
    drawn: Ints = np.searchsorted(cumulated, rng.random(size) * cumulated[-1], side="right")
    return np.minimum(drawn, len(cumulated) - 1)


def days_between(rng: np.random.Generator, bounds: tuple[int, int], size: int) -> Ints:
    """Draw whole days, both bounds included."""
    return rng.integers(bounds[0], bounds[1], size, endpoint=True)


def shares_between(rng: np.random.Generator, bounds: tuple[float, float], size: int) -> Floats:
    """Draw uniformly between two shares."""
    return rng.uniform(bounds[0], bounds[1], size)
