"""What a preview rests on, and when that has changed in a way that matters, so that it may no longer be released.

A preview is stale where any of this is so:

- its day (UTC) is over: its limits begin on that day, and the notice of reductions is counted from it;
- another policy, other terms of it, another champion or another calibrated appetite would decide now;
- another run put limits into force since;
- a person set or ended a limit since, an exporter's standing changed, or buyers were found to be one (or not);
- facts came late: the book has rows more, recorded before the preview was worked out, which it has not seen;
- a notice or claim came since on a buyer whose limit it raises or newly gives, and was not weighed yet.

What else happens meanwhile does not matter: a notice or claim that was weighed stopped or lowered the buyer's limit,
which outranks what a run sets; payments and new orders are what the next run is for.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from models.champion import Champion
from models.policy import policies
from serving.limits.ground import scale_for

# A fact that was being recorded while the preview began bears a time before it: such are left out of the count.
SETTLED = timedelta(minutes=1)

Stale = Literal[
    "day_over",
    "policy_changed",
    "model_changed",
    "appetite_changed",
    "run_since",
    "persons_since",
    "standings_since",
    "merges_since",
    "facts_late",
    "facts_unweighed",
]
CAUSES: Mapping[Stale, str] = {
    "day_over": "its day is over",
    "policy_changed": "another policy is in force",
    "model_changed": "another model is in use",
    "appetite_changed": "the appetite was calibrated anew",
    "run_since": "another run put limits into force since",
    "persons_since": "a person set or ended a limit since",
    "standings_since": "an exporter's standing changed since",
    "merges_since": "buyers were merged or split since",
    "facts_late": "facts from before it reached the book since",
    "facts_unweighed": "a notice or claim on a buyer whose limit it raises is not weighed yet",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides on a day."""

    day: date
    policy_version: str
    policy_fingerprint: str
    model_version: str | None
    appetite_scale: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of what is only ever added to, as far as it is known at an instant.

    Attributes:
        runs, persons: limits that runs, and persons, put into force.
        facts: rows of the book that were recorded by the instant.
    """

    runs: int
    persons: int
    standings: int
    merges: int
    facts: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What a preview rests on.

    Attributes:
        counted_at: the instant that `counts` is for.
        known_at: the instant up to which the preview knows all.
        run_id: under which its workings are kept.
        usual: the book's medians by feature, which a release puts into use.
    """

    terms: Terms
    counts: Counts
    counted_at: datetime
    known_at: datetime
    run_id: str
    usual: dict[str, float | None]

    def as_json(self) -> dict[str, Any]:
        """Write it as JSON holds it."""
        told = asdict(self) | {"counted_at": self.counted_at.isoformat(), "known_at": self.known_at.isoformat()}
        told["terms"] |= {"day": self.terms.day.isoformat()}
        return told


def basis_of(told: Mapping[str, Any]) -> Basis:
    """Read what `Basis.as_json` wrote."""
    terms = Terms(**{**told["terms"], "day": date.fromisoformat(told["terms"]["day"])})
    instants = {name: datetime.fromisoformat(told[name]) for name in ("counted_at", "known_at")}
    return Basis(terms, Counts(**told["counts"]), run_id=told["run_id"], usual=told["usual"], **instants)


def terms_on(day: date, home: Path, champion: Champion | None) -> Terms:
    """Tell what decides on a day.

    Raises:
        ConfigError: no policy was in force, or the calibrated appetite cannot be read.
    """
    policy = policies().at(day)
    version = None if champion is None else champion.version
    return Terms(day, policy.version, policy.fingerprint, version, scale_for(home, policy))


def staleness(basis: Basis, terms: Terms, counts: Counts, unweighed: int) -> list[Stale]:
    """Tell why a preview may no longer be released; nothing where it may.

    Args:
        basis: what it rests on.
        terms: what decides now.
        counts: what there is now of what was recorded by `basis.counted_at`, and of the rest.
        unweighed: buyers that it raises on whom a notice or claim waits to be weighed.
    """
    was, found = basis.terms, list[Stale]()
    if terms.day != was.day:
        found.append("day_over")
    if (terms.policy_version, terms.policy_fingerprint) != (was.policy_version, was.policy_fingerprint):
        found.append("policy_changed")
    if terms.model_version != was.model_version:
        found.append("model_changed")
    if terms.appetite_scale != was.appetite_scale:
        found.append("appetite_changed")
    words: dict[str, Stale] = {"runs": "run_since", "persons": "persons_since", "standings": "standings_since",
                               "merges": "merges_since", "facts": "facts_late"}  # fmt: skip
    found += [
        words[each.name] for each in fields(Counts) if getattr(counts, each.name) != getattr(basis.counts, each.name)
    ]
    return [*found, "facts_unweighed"] if unweighed else found
