"""One run of limit setting: decided for the whole book, put into force in one transaction or not at all."""

import uuid
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from features.money import USD, Money
from features.snapshot.days import refuse_to_come
from models.decision.book import LimitRun
from models.decision.facts import Decision
from models.decision.gather import usual_values
from models.policy import policies
from serving.book.peers import keep_usual, refresh_peers
from serving.limits.ground import InForce, open_ground, scale_for
from serving.limits.record import record_run

_MOVERS = 5


def set_limits(connection: psycopg.Connection[Any], home: Path, day: date, dry_run: bool = False) -> dict[str, Any]:
    """Set the limits of the database's book as known at the end of a day, by the champion under `home`.

    Limits that a person set stand until they end, and stopped cover stays stopped. Of two runs at once one waits.

    Returns:
        What `summary` tells of the run; a dry run decides the same and records nothing.

    Raises:
        BundleError: no model was promoted yet.
        CallerError: the day is still to come.
        ConfigError: no policy was in force on that day.
    """
    refuse_to_come(day)
    policy, run_id = policies().at(day), str(uuid.uuid4())
    scale = scale_for(home, policy)
    with open_ground(connection, home, day) as ground:
        run, champion = ground.decide(policy, scale), ground.champion
        rows = [row for row, each in enumerate(run.decisions) if each.buyer_id not in ground.in_force.overridden]
        if not dry_run:
            record_run(connection, run, rows, champion.version, run_id, ground.known_at)
            refresh_peers(connection, ground.book, day)
            keep_usual(connection, usual_values(ground.seen, champion.bundle.features))
    made_by = {"run_id": run_id, "as_of": day.isoformat(), "dry_run": dry_run, "model_version": champion.version}
    made_by["appetite_scale"] = scale
    return made_by | summary(run, [run.decisions[row] for row in rows], ground.in_force)


def summary(run: LimitRun, decisions: list[Decision], in_force: InForce) -> dict[str, Any]:
    """Tell what a run comes to: counts, amounts in US cents, the book's tail, and the largest movers."""
    movers = sorted(decisions, key=lambda each: (-abs(each.amount - (each.previous or 0)), each.buyer_id))
    return {
        "policy_version": run.policy.version,
        "limits": len(decisions),
        "overrides_kept": len(run.decisions) - len(decisions),
        "outcomes": dict(sorted(Counter(each.outcome for each in decisions).items())),
        "changes": dict(sorted(Counter(each.change for each in decisions).items())),
        "grades": dict(sorted(Counter(each.grade or "none" for each in decisions).items())),
        "total_usd_cents": sum(each.amount for each in decisions),
        "total_before_usd_cents": sum(each.amount for each in in_force.limits.values()),
        "expected_covered_usd_cents": round(run.covered),
        "expected_compensation_usd_cents": round(run.loss),
        "largest_movers": [_told(each) for each in movers[:_MOVERS]],
    }


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "buyer_id": decision.buyer_id,
        "from": None if decision.previous is None else str(Money(decision.previous, USD)),
        "to": str(Money(decision.amount, USD)),
        "outcome": decision.outcome,
        "why": decision.reasons[0].text("en", "underwriter"),
    }
