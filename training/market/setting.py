"""The setting of a market: what its people meet, the same for all of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from training.market.calendar import Calendar, calendar
from training.market.chain import Chain
from training.market.countries import World, world
from training.market.exporters import Exporters, draw_exporters
from training.market.lateness import Lateness
from training.market.parameters import Parameters
from training.market.streams import Floats


@dataclass(frozen=True)
class Setting:
    """What all blocks of a market share.

    Attributes:
        there: the countries and their shocks.
        seed: from which every stream is opened.
    """

    parameters: Parameters
    calendar: Calendar
    there: World
    exporters: Exporters
    chain: Chain
    lateness: Lateness
    seed: int

    @property
    def frailty(self) -> Floats:
        """What each class of frailty multiplies the hazard by."""
        return np.array(list(self.parameters.owners.frailty))


def draw_setting(parameters: Parameters, until: date, years: int, exporters: int, seed: int) -> Setting:
    """Draw the countries and exporters of a market."""
    months = calendar(until, years, parameters.countries.festival)
    return Setting(
        parameters=parameters,
        calendar=months,
        there=world(parameters.countries, months, seed),
        exporters=draw_exporters(parameters, months, exporters, seed),
        chain=Chain(parameters),
        lateness=Lateness(parameters),
        seed=seed,
    )
