"""A training run in figures: as JSON for programs, as tables for people."""

from dataclasses import asdict, astuple
from math import isnan
from typing import Any

from rich.console import Console
from rich.table import Table

from training.calibration import Calibration, Group
from training.dataset import Dataset
from training.judgement import Origin
from training.judging import FIGURES, Estimate
from training.maturity import LagCurve
from training.train import Trained

_LAG_SHARES = (0.5, 0.9, 0.95, 0.99)


def summary(trained: Trained) -> dict[str, Any]:
    """Give everything that a run found, as JSON holds it; days in ISO 8601, figures with 95 % intervals."""
    split, ripeness = trained.split, trained.ripeness
    return {
        "as_of": trained.as_of.isoformat(),
        "version": trained.version,
        "chosen": trained.contest.chosen,
        "horizon_days": trained.config.horizon_days,
        "default": trained.config.default.model_dump(mode="json"),
        "maturity": {
            "data_end": ripeness.data_end.isoformat(),
            "longest_terms_days": ripeness.longest_terms_days,
            "reporting_lag_days": ripeness.lag_days,
            "wait_days": ripeness.wait_days,
            "last_mature_day": ripeness.last_mature.isoformat(),
            "left_out": asdict(trained.left_out),
            "reporting_lag": {curve.fact: _curve(curve) for curve in ripeness.curves},
        },
        "split": {
            "train": [day.isoformat() for day in split.train],
            "between": [day.isoformat() for day in split.between],
            "test": [day.isoformat() for day in split.test],
        },
        "rows": {"train": _rows(trained.train), "test": _rows(trained.test)},
        "unseen_buyers_log_loss": trained.contest.unseen_log_loss,
        "tuning": asdict(trained.tuned),
        "figures": _tree(trained.judgement.figures),
        "gain_of_chosen": _tree(trained.judgement.gains),
        "origins": [_origin(each) for each in trained.origins],
        "calibration": _calibration(trained.calibration),
        "severity": None if trained.bundle.severity is None else trained.bundle.severity.state(),
    }


def show(trained: Trained, console: Console) -> None:
    """Print the run's figures for a person."""
    table = Table(title=f"Out of time, from {trained.split.cut}, with 95 % intervals over buyers")
    table.add_column("model")
    for title in FIGURES:
        table.add_column(title.replace("_", " "))
    for name, titles in trained.judgement.figures.items():
        mark = " (chosen)" if name == trained.contest.chosen else ""
        table.add_row(name + mark, *(_short(titles[title]) for title in FIGURES))
    console.print(table)
    console.print(
        f"Fitted on {_sentence(trained.train)}, snapshots {trained.split.train[0]} to {trained.split.train[-1]}."
    )
    console.print(_by_origin(trained))
    console.print(_graded(trained))
    console.print(_matured(trained))
    if trained.version is not None:
        console.print(
            f"Registered as version {trained.version}, alias challenger: `bolanggu promote {trained.version}`."
        )


def _by_origin(trained: Trained) -> Table:
    table = Table(title=f"The {trained.contest.chosen} by origin, fitted on what was mature then; figure, low, high")
    # So many columns fit into a terminal of 80 only where each is as narrow as its days and figures.
    for title in ("judged", "fitted\nuntil", "rows,\ndefaults", *(figure.replace("_", "\n") for figure in FIGURES)):
        table.add_column(title, no_wrap=True)
    for each in trained.origins:
        figures = each.judgement.figures[trained.contest.chosen]
        table.add_row(
            f"{each.split.test[0]}\n{each.split.test[-1]}",
            str(each.split.train[-1]),
            f"{each.test_rows:,}\n{each.test_defaults:,}",
            *("\n".join(f"{part:.3f}" for part in astuple(figures[title])) for title in FIGURES),
        )
    return table


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "train": [origin.split.train[0].isoformat(), origin.split.train[-1].isoformat()],
        "test": [origin.split.test[0].isoformat(), origin.split.test[-1].isoformat()],
        "rows": {"train": origin.rows, "test": origin.test_rows},
        "defaults": {"train": origin.defaults, "test": origin.test_defaults},
        "figures": _tree(origin.judgement.figures),
        "gain_of_chosen": _tree(origin.judgement.gains),
    }


def _calibration(measured: Calibration) -> dict[str, Any]:
    parts = ("grades", "origins", "countries")
    return {
        "reliability": _groups(measured.reliability),
        **{name: _groups(getattr(measured, name)) for name in parts},
        "corrected_for_drift": {name: _groups(found) for name, found in measured.corrected.items()},
        "base_rates": [{"fitted_on": before, "tested_on": now} for before, now in measured.base_rates],
    }


def _groups(found: tuple[Group, ...]) -> dict[str, Any]:
    return {
        each.name: {
            "rows": each.rows,
            "defaults": each.defaults,
            "mean_pd": round(each.mean_pd, 6),
            "rate": [_number(bound) for bound in (each.rate.value, each.rate.low, each.rate.high)],
            "calibrated": each.calibrated,
        }
        for each in found
    }


def _graded(trained: Trained) -> Table:
    table = Table(title="Calibration by grade, one snapshot a horizon, with Jeffreys' 95 % intervals")
    for title in ("grade", "rows", "defaults", "mean PD", "default rate", "calibrated", "after drift"):
        table.add_column(title)
    corrected = {each.name: each for each in trained.calibration.corrected["grades"]}
    for each in trained.calibration.grades:
        after = corrected.get(each.name)
        table.add_row(
            each.name,
            f"{each.rows:,}",
            f"{each.defaults:,}",
            f"{each.mean_pd:.2%}",
            f"{each.rate.value:.2%}\n{each.rate.low:.2%} to {each.rate.high:.2%}",
            "yes" if each.calibrated else "no",
            "" if after is None else "yes" if after.calibrated else "no",
        )
    return table


def _curve(curve: LagCurve) -> dict[str, Any]:
    quantiles = {f"days_{share:.0%}": curve.quantile(share) for share in _LAG_SHARES}
    return {"facts": curve.events, **quantiles, "days": list(curve.days), "share": list(curve.share)}


def _matured(trained: Trained) -> str:
    missed, ripeness = trained.left_out, trained.ripeness
    return (
        f"Outcomes take {ripeness.wait_days} days to be known ({trained.config.horizon_days} of horizon, "
        f"{ripeness.longest_terms_days} of terms, {trained.config.default.days_past_due} past due, {ripeness.lag_days} "
        f"of reporting), so {missed.young_days} later snapshot days with {missed.young_rows:,} rows are left out; "
        f"{missed.newcomers:,} rows are of buyers without an order before."
    )


def _short(estimate: Estimate) -> str:
    return f"{estimate.value:.3f}\n{estimate.low:.3f} to {estimate.high:.3f}"


def _rows(rows: Dataset) -> dict[str, int]:
    return {"rows": len(rows), "buyers": len(set(rows.groups.tolist())), "defaults": rows.defaults}


def _sentence(rows: Dataset) -> str:
    counted = _rows(rows)
    return f"{counted['rows']:,} rows of {counted['buyers']:,} buyers, {counted['defaults']:,} defaults"


def _tree(estimates: dict[str, dict[str, Estimate]]) -> dict[str, dict[str, list[float | None]]]:
    return {
        name: {
            title: [_number(x) for x in (estimate.value, estimate.low, estimate.high)]
            for title, estimate in titles.items()
        }
        for name, titles in estimates.items()
    }


def _number(value: float) -> float | None:
    """Round a figure; one that cannot be told is null, as JSON knows no NaN."""
    return None if isnan(value) else round(value, 6)
