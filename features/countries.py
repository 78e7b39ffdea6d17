"""Countries: ISO 3166-1 as pycountry ships it, and the codes that ISO leaves to users."""

import string
from functools import cache

import pycountry

UNKNOWN = "ZZ"
"""The user-assigned code that this project writes where a source does not say the country."""


@cache
def countries() -> tuple[str, ...]:
    """List the alpha-2 codes that a book may hold: ISO 3166-1 and its user-assigned codes (AA, QM-QZ, XA-XZ, ZZ)."""
    letters = string.ascii_uppercase
    assigned = ["AA", "ZZ", *(f"Q{letter}" for letter in letters[12:]), *(f"X{letter}" for letter in letters)]
    return tuple(sorted({country.alpha_2 for country in pycountry.countries} | set(assigned)))


@cache
def spellings() -> dict[str, dict[str, str]]:
    """Give the alpha-2 of each upper-case spelling, for each way to write a country (alpha2, alpha3, numeric, name).

    Former alpha-3 codes of countries that were renamed or dissolved (ANT, YUG) are not there: they have no alpha-2.
    """
    known = list(pycountry.countries)
    names = ("name", "official_name", "common_name")
    return {
        "alpha2": {code: code for code in countries()},
        "alpha3": {country.alpha_3: country.alpha_2 for country in known},
        "numeric": {country.numeric: country.alpha_2 for country in known},
        "name": {
            getattr(country, kind).upper(): country.alpha_2
            for country in known
            for kind in names
            if hasattr(country, kind)
        },
    }
