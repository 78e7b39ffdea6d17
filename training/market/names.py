"""Names: how owners call their firms, and how these names are typed, abbreviated, transliterated and traded under."""

from functools import cache
from pathlib import Path

import numpy as np
import yaml

from training.market.streams import pick

WORDS = Path(__file__).with_name("names.yaml")


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """Read the words that names are made of, by tongue."""
    read: dict[str, dict[str, list[str]]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return read


def firm_name(tongue: str, rng: np.random.Generator) -> str:
    """Make the name of a firm, as `Al Noor Trading LLC`."""
    pool = words()[tongue]
    parts = [_any(pool["first"], rng), _any(pool["second"], rng) if rng.random() < 0.7 else "", _any(pool["line"], rng)]
    return " ".join(part for part in (*parts, _any(pool["form"], rng)) if part)


def trading_name(tongue: str, core: str, rng: np.random.Generator) -> str:
    """Make another name of the same owner: the core of the first with another line of trade, or a new one."""
    if rng.random() < 0.5:
        return firm_name(tongue, rng)
    pool = words()[tongue]
    return f"{core.split(' ')[0]} {_any(pool['line'], rng)} {_any(pool['form'], rng)}"


def exporter_name(category: str, rng: np.random.Generator) -> str:
    """Make the registered name of a merchant in Yiwu."""
    pool = words()["yiwu"]
    house = _any(pool["first"], rng) + _any(pool["second"], rng).lower()
    return f"Yiwu {house} {category.title()} {_any(pool['form'], rng)}"


def variant(name: str, tongue: str, rng: np.random.Generator) -> str:
    """Write a name as somebody else would: a slip, an abbreviation, other letters, capitals, or a trading name."""
    kind = pick(rng, {"slip": 3, "short": 3, "letters": 2, "capitals": 2, "trading": 1}, 1)[0]
    written = (_slip, _abbreviate, _transliterate, _capitals, _trading)[kind](name, tongue, rng)
    # Swapping two equal letters changes nothing, nor does abbreviating what has no short form.
    while written == name:
        written = _slip(name, tongue, rng)
    return written


def _any(pool: list[str], rng: np.random.Generator) -> str:
    return pool[int(rng.integers(len(pool)))]


def _slip(name: str, _tongue: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(1, len(name) - 1))
    match int(rng.integers(3)):
        case 0:
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        case 1:
            return name[:place] + name[place + 1 :]
    return name[:place] + name[place] + name[place:]


def _abbreviate(name: str, _tongue: str, rng: np.random.Generator) -> str:
    short = words()["abbreviations"]
    present = [word for word in short if word in name.split(" ")]
    for word in present:
        name = name.replace(word, _any(short[word], rng))
    return name.strip()


def _transliterate(name: str, _tongue: str, rng: np.random.Generator) -> str:
    letters = words()["transliterations"]
    for written in letters:
        if written in name:
            name = name.replace(written, _any(letters[written], rng), 1)
    return name


def _capitals(name: str, _tongue: str, rng: np.random.Generator) -> str:
    return name.upper() if rng.random() < 0.7 else name.lower()


def _trading(name: str, tongue: str, rng: np.random.Generator) -> str:
    return f"{name} t/a {_any(words()[tongue]['first'], rng)} {_any(words()[tongue]['line'], rng)}"
