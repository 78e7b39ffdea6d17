"""The parts of a policy file: rates, grades, ceilings, appetite, authority and the criteria of the whitelist.

Money is in whole US dollars in the file and in cents here; rates and shares are in basis points.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from features.yaml_file import Strict, ought

BASIS_POINTS = 10_000

Standing = Literal["standard", "whitelisted"]
Level = Literal["machine", "underwriter", "senior"]


def _usd_cents(value: object) -> object:
    """Read whole dollars, as policy files state them, into cents."""
    return value * 100 if type(value) is int else value


UsdCents = Annotated[int, Field(gt=0, strict=True), BeforeValidator(_usd_cents)]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=BASIS_POINTS)]
PositiveBasisPoints = Annotated[int, Field(strict=True, gt=0, le=BASIS_POINTS)]
Days = Annotated[int, Field(ge=0, le=3650)]


class CompensationRates(Strict):
    """Share of a loss that the programme pays, in basis points, by the exporter's standing."""

    standard: BasisPoints
    whitelisted: BasisPoints


class Grade(Strict):
    """One grade of buyer risk: PD up to `max_pd` over the horizon, and what such a buyer may have.

    Attributes:
        name: the grade's name, best first.
        max_pd: largest probability of default of the grade, as a share.
        need_share: the most of the buyer's need that a limit of this grade covers, in basis points; 0 refuses, and
            above 10000 leaves room to grow.
        validity_days: days until a limit of this grade ends unless it is set anew.
        review_days: days until a limit of this grade is looked at again; never after it ends.
    """

    name: Annotated[str, Field(min_length=1, max_length=20)]
    max_pd: Annotated[float, Field(gt=0, le=1)]
    need_share: Annotated[int, Field(strict=True, ge=0, le=5 * 10_000)]
    validity_days: Annotated[int, Field(gt=0, le=730)]
    review_days: Annotated[int, Field(gt=0, le=730)]

    @model_validator(mode="after")
    def _looked_at_in_time(self) -> "Grade":
        if self.review_days > self.validity_days:
            raise ought("review_days", "must not pass validity_days")
        return self


class Ceilings(Strict):
    """The most that may be outstanding at once beyond one buyer.

    Attributes:
        exporter: covered exposure of one exporter over all its buyers.
        country: covered exposure on one country by OECD risk class; `unclassified` for none.
        programme_year: amount covered within one calendar year (UTC).
    """

    exporter: UsdCents
    country: dict[str, UsdCents]
    programme_year: UsdCents

    @model_validator(mode="after")
    def _every_class(self) -> "Ceilings":
        wanted = {str(number) for number in range(8)} | {"unclassified"}
        if set(self.country) != wanted:
            raise ought("country", f"needs exactly the classes {', '.join(sorted(wanted))}")
        return self

    def of_class(self, risk_class: int | None) -> int:
        """Give the ceiling of a country of an OECD risk class, in US cents."""
        return self.country["unclassified" if risk_class is None else str(risk_class)]


class Referral(Strict):
    """Signs that send an order or a rise of a limit to a person (bust-out, see the domain's reported cases).

    Attributes:
        new_exporters: as many first-time exporters of one buyer within `window_days` are referred.
        jump_over_paid: an order of more than this many times the largest order ever paid is referred.
        jump_floor: orders below this amount are never referred for a jump.
    """

    window_days: Annotated[int, Field(gt=0, le=365)]
    new_exporters: Annotated[int, Field(gt=0)]
    jump_over_paid: Annotated[int, Field(gt=0)]
    jump_floor: UsdCents


class Appetite(Strict):
    """How much loss the programme will bear for the trade that it covers, over the horizon of the PD.

    Attributes:
        expected_loss: largest expected compensated loss within the covered amount.
        tail_loss: largest expected shortfall of the compensated loss within the covered amount.
        tail_level: the shortfall is the mean of the losses beyond this quantile.
        asset_correlation: of two buyers' fortunes in the one-factor model of the tail.
    """

    expected_loss: PositiveBasisPoints
    tail_loss: PositiveBasisPoints
    tail_level: Annotated[int, Field(strict=True, ge=5000, lt=BASIS_POINTS)]
    asset_correlation: Annotated[int, Field(strict=True, ge=0, lt=BASIS_POINTS)]


class Authority(Strict):
    """Up to which amount a level may decide alone; four eyes hold beyond the machine's.

    Attributes:
        level: who; `machine` decides without a person.
        up_to: largest limit that the level may decide.
    """

    level: Level
    up_to: UsdCents


class Credibility(Strict):
    """How many orders of experience weigh as much as what is expected of any exporter (Bühlmann's k)."""

    claims: Annotated[int, Field(gt=0)]
    losses: Annotated[int, Field(gt=0)]


class WhitelistCriteria(Strict):
    """What an exporter must show to be a candidate for the higher rate, over the last `window_days`.

    Attributes:
        tenure_days: at least so long since the first order.
        trade: at least so much sold on credit.
        documents_share: at least so many of its orders have a customs number, and of its claims all documents.
        claims_share: at most so many claims an order (weighted by credibility).
        loss_share: at most so much lost of what was sold (weighted by credibility).
        buyer_pd: at most this mean PD of its buyers, weighted by trade.
        dispute_share: at most so many of its orders paid short or with a rejected claim (weighted by credibility).
        top_buyer_share: at most so much sold to the largest buyer.
        excluded_loss_share: beyond this loss an exporter is excluded, whatever else it shows.
        excluded_dispute_share: the same for disputes.
        credibility: how fast an exporter's own record outweighs the book's.
    """

    window_days: Annotated[int, Field(gt=0, le=1825)]
    tenure_days: Days
    trade: UsdCents
    documents_share: BasisPoints
    claims_share: BasisPoints
    loss_share: BasisPoints
    buyer_pd: BasisPoints
    dispute_share: BasisPoints
    top_buyer_share: BasisPoints
    excluded_loss_share: BasisPoints
    excluded_dispute_share: BasisPoints
    credibility: Credibility

    @model_validator(mode="after")
    def _exclusion_is_worse(self) -> "WhitelistCriteria":
        for name in ("loss_share", "dispute_share"):
            if getattr(self, f"excluded_{name}") < getattr(self, name):
                raise ought(f"excluded_{name}", f"must not be under {name}")
        return self
