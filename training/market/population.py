"""Owners and their buyers as arrays, drawn once for the whole market (`people`) and worked on in blocks of owners."""

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np

from training.market.streams import Flags, Floats, Ints

# The number of owners in a block decides which stream draws what, so it is part of a seed's meaning.
OWNERS_IN_BLOCK = 1000


@dataclass(frozen=True)
class Owners:
    """Arrays with one entry an owner: country, frailty class, month of entry, first state."""

    country: Ints
    frailty: Ints
    enter: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.country)


@dataclass(frozen=True)
class Buyers:
    """Arrays with one entry a buyer, siblings side by side.

    Attributes:
        number: what the buyer's identifier is made of.
        rate: orders a month when sound, before season and growth.
        amount: median amount of an order in US dollars.
        circle, weights: exporters whom the buyer deals with, and the cumulated shares of its orders.
    """

    number: Ints
    owner: Ints
    country: Ints
    enter: Ints
    rate: Floats
    growth: Floats
    amount: Floats
    habit: Ints
    terms: Ints
    currency: Ints
    registered: Flags
    circle: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class Population:
    """All owners and buyers, and the currencies that `Buyers.currency` points into."""

    owners: Owners
    buyers: Buyers
    currencies: tuple[str, ...]

    def blocks(self) -> list["Population"]:
        """Cut into blocks of owners, each with its buyers; a block's buyers count owners from its own first."""
        bounds = [*range(0, len(self.owners), OWNERS_IN_BLOCK), len(self.owners)]
        return [self._block(first, last) for first, last in pairwise(bounds)]

    def _block(self, first: int, last: int) -> "Population":
        ours = slice(*np.searchsorted(self.buyers.owner, [first, last]))
        buyers = _sliced(self.buyers, ours)
        return Population(
            Owners(**_sliced(self.owners, slice(first, last))),
            Buyers(**{**buyers, "owner": buyers["owner"] - first}),
            self.currencies,
        )


def _sliced(arrays: Owners | Buyers, part: slice) -> dict[str, Any]:
    return {field.name: getattr(arrays, field.name)[part] for field in fields(arrays)}
