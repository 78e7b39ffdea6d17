"""A limit run in words, for whoever ran it from a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from features.money import USD, Money


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Write what `set_limits` tells, a line each: what was decided, what it comes to, what moves most."""
    if told["dry_run"]:
        yield "a dry run: nothing was changed"
    yield (
        f"{told['limits']:,} limits as of {told['as_of']} by policy {told['policy_version']} and model version "
        f"{told['model_version']}, appetite scale {told['appetite_scale']:g}, run {told['run_id']}"
    )
    if told["overrides_kept"]:
        yield f"{told['overrides_kept']:,} limits that a person set stand"
    yield f"limits together: {_usd(told['total_usd_cents'])}, before {_usd(told['total_before_usd_cents'])}"
    yield (
        f"expected: {_usd(told['expected_covered_usd_cents'])} of trade covered, "
        f"{_usd(told['expected_compensation_usd_cents'])} compensated"
    )
    for name in ("outcomes", "changes", "grades"):
        yield f"{name}: {_counts(told[name])}"
    for mover in told["largest_movers"]:
        outcome = _words(mover["outcome"])
        yield f"{mover['buyer_id']}: {mover['from'] or 'none'} to {mover['to']}, {outcome}: {mover['why']}"


def _usd(cents: int) -> str:
    return str(Money(cents, USD))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{_words(name)} {count:,}" for name, count in counts.items()) or "none"


def _words(code: str) -> str:
    return code.replace("_", " ")
