"""The workings of a decision as JSON: all that it was made of and what it came to, so that anyone can make it again."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from features.errors import BolangguError
from models.decision.decide import decide
from models.decision.facts import BuyerFacts, CurrentLimit, Decision, Driver, Proposal
from models.policy import Policies, Policy

_FORMAT = 1


class ReplayError(BolangguError):
    """A decision cannot be made again from its workings."""


def workings(
    facts: BuyerFacts,
    policy: Policy,
    day: date,
    current: CurrentLimit | None,
    proposal: Proposal,
    decision: Decision,
    run: dict[str, Any],
) -> str:
    """Write down a decision with everything that it follows from.

    Args:
        facts: what was known.
        policy: the terms; their name and fingerprint are kept.
        day: the day decided for.
        current: the limit that was in force.
        proposal: what the allocation gave.
        decision: what was decided.
        run: what the allocation was made with (model version, prices, scale of the appetite), kept as it is.
    """
    return _written(
        {
            "format": _FORMAT,
            "day": day.isoformat(),
            "policy": {"version": policy.version, "fingerprint": policy.fingerprint},
            "run": run,
            "facts": asdict(facts),
            "current": None if current is None else asdict(current),
            "proposal": asdict(proposal),
            "decision": asdict(decision),
        }
    )


def replay(text: str, policies: Policies) -> str:
    """Make a decision again from its workings; where nothing was tampered with, the same bytes come out.

    Raises:
        ReplayError: the text is none of these workings, or the policy of that name has other terms now.
        ConfigError: there is no policy of that name.
    """
    try:
        stored = json.loads(text)
        facts = _facts(stored["facts"])
        current = None if stored["current"] is None else _current(stored["current"])
        proposal = Proposal(**stored["proposal"])
        day, named, run = date.fromisoformat(stored["day"]), stored["policy"], stored["run"]
        version, fingerprint = named["version"], named["fingerprint"]
    except (ValueError, KeyError, TypeError) as error:
        cause = f"are not what a decision writes ({error!r})"
        raise ReplayError("workings", text[:40], cause, "take them as they were stored") from error
    policy = policies.version(version)
    if policy.fingerprint != fingerprint:
        cause = "has other terms than when the decision was made"
        raise ReplayError("policy version", version, cause, "replay with the policy files of that time")
    return workings(facts, policy, day, current, proposal, decide(facts, policy, day, current, proposal), run)


def _facts(stored: dict[str, Any]) -> BuyerFacts:
    return BuyerFacts(**{**stored, "drivers": tuple(Driver(**each) for each in stored["drivers"])})


def _current(stored: dict[str, Any]) -> CurrentLimit:
    return CurrentLimit(stored["amount"], date.fromisoformat(stored["valid_to"]))


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
