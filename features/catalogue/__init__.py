"""The catalogue of features: what each one means, its unit, its expected sign, and how to say it as a reason.

One YAML file for each family lies beside this one; the family's SQL is `features/sql/FAMILY_features.sql`.
"""

from pathlib import Path
from typing import Literal

from features.yaml_file import Strict, read_yaml

FAMILIES = ("payment", "volume", "bustout", "exporters", "claims", "country", "standing")


class Feature(Strict):
    """One feature of a buyer as known on a day.

    Attributes:
        sign: +1 where more of it raises risk, -1 where it lowers risk, 0 where theory does not say.
        kind: what the column holds; `integer` is an Arrow int64, `real` a float64. Both may be null.
        zh: the sentence for underwriters, in Chinese, when the feature speaks against the buyer.
        en: the same in English.
    """

    name: str
    family: str
    unit: str
    kind: Literal["integer", "real"] = "real"
    sign: Literal[-1, 0, 1]
    meaning: str
    zh: str
    en: str


class _Family(Strict):
    features: list[dict[str, str | int]]


def _load(family: str) -> tuple[Feature, ...]:
    entries = read_yaml(Path(__file__).with_name(f"{family}.yaml"), _Family, "feature catalogue").features
    return tuple(Feature.model_validate({"family": family, **entry}) for entry in entries)


CATALOGUE: tuple[Feature, ...] = tuple(feature for family in FAMILIES for feature in _load(family))
