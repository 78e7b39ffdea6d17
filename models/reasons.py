"""Reasons: stable codes with texts in Chinese and English, for the underwriter and (milder) for exporters.

Words of UN/EDIFACT code list 4509 stand beside a code where the list has one.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]
Audience = Literal["underwriter", "exporter"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision is as it is: a code, and the facts that its text needs (already formatted)."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)

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
    file = Path(__file__).with_suffix(".yaml")
    read: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read
