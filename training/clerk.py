"""The registry's clerk: it answers one question of the service about the models, and ends.

The service never carries MLflow or what training needs: it starts this program, writes one question as JSON to its
standard input and reads one answer as JSON from its standard output.

    {"ask": "read", "reports_held": [...], "gates_held": [...]}                       what the registry holds
    {"ask": "drift", "book": FOLDER, "as_of": DAY}                                    the champion against a day's book
    {"ask": "promote", "version": V, "is_override": false, "by": WHO, "request": {...}}   into use, through the gates
    {"ask": "roll_back", "by": WHO, "request": {...}}                                 the version before, again

The answer is {"answer": ...}, or {"error": ...} with the four facts of an error of ours.
"""

import json
import math
import os
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from features.errors import BolangguError, CallerError, DataError, UnavailableError
from features.home import home
from models.bundle import BundleError
from models.champion import read_champion
from training.comparison import Comparison, Incumbent, against
from training.drift import drift as look_for_drift
from training.drift import summary
from training.gates import gates
from training.judging import FIGURES
from training.promotion import CHAMPION, Override, Request, incumbent, promote, read_version, rollback, stack
from training.registration import REPORT
from training.registry import BUNDLE, Registered, Registry
from training.thresholds import DriftThresholds, GateThresholds

# A quarter's retraining registers a few: so many tell of years. Judging takes seconds a version.
MOST, MOST_JUDGED = 40, 6
_MANIFEST = "manifest.json"
# It shares a machine with order checks, which come first.
_NICE = 10


def read(reports_held: Collection[str] = (), gates_held: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
    """Tell what the registry holds: versions with their figures, the champion, the history.

    Args:
        reports_held: runs whose report the asker has already.
        gates_held: run and champion's run (or an empty name) of the gates that it has.

    Raises:
        UnavailableError: the registry does not answer.
    """
    registry = Registry()
    versions, champion, history = registry.versions(MOST), registry.version_of(CHAMPION), registry.history()
    in_use = stack(history)
    run_in_use = next((each.run_id for each in versions if each.version == champion), "")
    held = {tuple(pair) for pair in gates_held}
    wanted = [each for each in versions[:MOST_JUDGED] if each.version != champion]
    asked = [each for each in wanted if (each.run_id, run_in_use) not in held]
    return {
        "champion": champion,
        "previous": in_use[-2] if len(in_use) > 1 else None,
        "history": history,
        "versions": [_told(registry, each) for each in versions],
        "reports": {each.run_id: _report(registry, each) for each in versions if each.run_id not in set(reports_held)},
        "judged": [{"against": run_in_use, **each} for each in _judged(registry, asked)],
    }


def drift(book: str, as_of: str) -> dict[str, Any]:
    """Compare a day's book with what the champion was trained for, by the thresholds' defaults.

    Raises:
        BundleError: none was promoted yet.
        DataError: there is nothing to compare.
    """
    return summary(look_for_drift(Path(book), date.fromisoformat(as_of), read_champion(home()), DriftThresholds()))


def put_into_use(version: str, is_override: bool, by: str, request: dict[str, Any]) -> dict[str, str]:
    """Promote a version through the gates, or past them by an override; give the version in use then.

    Raises:
        CallerError: no such version, another champion by now, or a gate that nobody overrode.
        UnavailableError: the registry does not answer.
        BundleError: the version is damaged.
    """
    asked = Request(**request)
    override = Override(asked.reason) if is_override else None
    return {"version": promote(version, override=override, by=by, request=asked).version}


def roll_back(by: str, request: dict[str, Any]) -> dict[str, str]:
    """Return to the version before the champion; give it.

    Raises:
        CallerError: there is none before it, or another champion by now.
        UnavailableError: the registry does not answer.
    """
    asked = Request(**request)
    return {"version": rollback(asked.reason, by=by, request=asked).version}


ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {
    "read": read,
    "drift": drift,
    "promote": put_into_use,
    "roll_back": roll_back,
}


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Answer a question, or tell the error."""
    name = question.pop("ask")
    try:
        return {"answer": ANSWERS[name](**question)}
    except BolangguError as error:
        return {"error": _faulted(error)}


def main() -> None:
    """Read a question from standard input and write its answer to standard output."""
    os.nice(_NICE)
    with redirect_stdout(sys.stderr):  # what libraries print is no answer
        told = json.dumps(_finite(answer(json.load(sys.stdin))), allow_nan=False)
    sys.stdout.write(told)


def _told(registry: Registry, version: Registered) -> dict[str, Any]:
    """Tell of a version what its bundle's manifest and its run say."""
    with registry.artifacts_of(version.version, f"{BUNDLE}/{_MANIFEST}") as file:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    names = ("train_days", "test_days", "train_rows", "test_rows", "chosen")
    return {
        "version": version.version,
        "run_id": version.run_id,
        "registered_at": version.registered_at.isoformat(),
        "kind": manifest["kind"],
        "trained_as_of": manifest["trained_as_of"],
        "horizon_days": manifest["horizon_days"],
        "definition": manifest["definition"],
        "features": len(manifest["features"]),
        "sha256": manifest["sha256"]["model.json"],
        "figures": _figures(version.metrics),
        "run": {name: version.parameters.get(name) for name in names},
        "rests_on": {name: text for name, text in version.tags.items() if not name.startswith("promotion.")},
    }


def _figures(metrics: dict[str, float]) -> dict[str, dict[str, list[float | None]]]:
    """Put metrics of flat names together again: model -> figure -> value and 95 % interval."""
    models = {name.split(".")[0] for name in metrics}
    return {
        model: {
            figure: [metrics.get(f"{model}.{figure}{suffix}") for suffix in ("", ".low", ".high")]
            for figure in FIGURES
            if f"{model}.{figure}" in metrics
        }
        for model in sorted(models)
    }


def _report(registry: Registry, version: Registered) -> str | None:
    """Give a version's report; None where its training wrote none."""
    if REPORT not in version.artifacts:
        return None
    with registry.artifacts_of(version.version, REPORT) as file:
        return file.read_text(encoding="utf-8")


def _judged(registry: Registry, versions: Sequence[Registered]) -> list[dict[str, Any]]:
    """Hold versions against the gates and beside the champion, whose files are read once."""
    if not versions:
        return []
    champion = incumbent(registry)
    return [{"run_id": each.run_id, **_judge(registry, each.version, champion)} for each in versions]


def _judge(registry: Registry, version: str, champion: Incumbent | DataError | None) -> dict[str, Any]:
    try:
        bundle, evidence = read_version(registry, version)
    except (BundleError, CallerError) as error:
        return {"gates": [], "comparison": None, "fault": str(error)}
    compared = against(bundle, evidence, champion)
    found = gates(bundle, evidence, compared, GateThresholds())
    comparison = asdict(compared) if isinstance(compared, Comparison) else None
    return {"gates": [gate.as_dict() for gate in found], "comparison": comparison, "fault": None}


def _finite(told: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Write what is not known as null, for JSON knows no NaN."""
    if isinstance(told, dict):
        return {name: _finite(each) for name, each in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(each) for each in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told


def _faulted(error: BolangguError) -> dict[str, Any]:
    return {
        "is_callers": isinstance(error, CallerError),
        "is_unavailable": isinstance(error, UnavailableError),
        "subject": error.subject,
        "value": None if error.value is None else str(error.value),
        "cause": error.cause,
        "remedy": error.remedy,
    }


if __name__ == "__main__":
    main()
