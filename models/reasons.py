"""Reasons: stable codes with texts in Chinese and English, for the underwriter and (milder) for exporters.

Words of UN/EDIFACT code list 4509 stand beside a code where the list has one.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from features.catalogue import CATALOGUE, Feature
from features.money import USD, Money

Language = Literal["zh", "en"]
Audience = Literal["underwriter", "exporter"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision is as it is: a code, and the facts that its text needs (already formatted).

    Attributes:
        weight: how much of what was asked for it withholds, from 0 to 1; 0 where it withholds nothing.
    """

    code: str
    facts: dict[str, str] = field(default_factory=dict)
    weight: float = 0.0

    def text(self, language: Language, audience: Audience) -> str:
        """Write the reason out.

        >>> Reason("limit_full", {"available": "USD 10.00"}).text("en", "exporter")
        'At present USD 10.00 can be covered on this buyer'
        """
        text: str = texts()[self.code][audience][language]
        return text.format(**self.facts)

    @property
    def edifact(self) -> str | None:
        """The nearest word of UN/EDIFACT list 4509."""
        word: str | None = texts()[self.code]["edifact"]
        return word


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Read all codes with their texts, once."""
    return _read("reasons.yaml") | _risk_texts(_read("risk_reasons.yaml"))


def risk_reason(feature: str, value: float | None, usual: float | None, weight: float) -> Reason:
    """Make the reason that a feature of the model is, with the buyer's value and the book's median."""
    unit = _features()[feature].unit
    return Reason(f"risk.{feature}", {"value": _written(value, unit), "usual": _written(usual, unit)}, weight)


def _risk_texts(families: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Write a reason for each feature: its own sentence for underwriters, its family's for exporters."""
    return {
        f"risk.{feature.name}": {
            **families[feature.family],
            "underwriter": {
                "zh": feature.zh + "（{value}，一般为 {usual}）",
                "en": feature.en + " ({value}, usually {usual})",
            },
        }
        for feature in CATALOGUE
    }


@cache
def _features() -> dict[str, Feature]:
    return {feature.name: feature for feature in CATALOGUE}


def _written(value: float | None, unit: str) -> str:
    """Write a feature's value for people; a dash where it is not known."""
    if value is None:
        return "–"
    if unit == "US cents":
        return str(Money(round(value), USD))
    if unit.startswith("share"):
        return f"{value:.1%}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"


def _read(name: str) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return read
