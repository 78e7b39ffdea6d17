"""Commands of risk modellers."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Simulate, train, promote.")

Book = Annotated[Path, typer.Option("--book", help="Folder of the book (Parquet).")]
AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to look from; later records are not seen.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]

_LAST_DAY = datetime(2025, 12, 31)  # noqa: DTZ001 - a day, as the option takes it


@app.command()
def train(
    book: Book,
    as_of: AsOf,
    config: Annotated[Path | None, typer.Option("--config", help="YAML; defaults for every key.")] = None,
    predictions: Annotated[Path | None, typer.Option("--predictions", help="Write out-of-time rows (Parquet).")] = None,
    dask: Annotated[str | None, typer.Option("--dask", help="Fit the trees there: local:2, or an address.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report (HTML) here too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Label, fit, judge out of time, report, log and register.

    Example: bolanggu train --book market --as-of 2025-12-31 --report report.html
    """
    from rich.console import Console

    from training.config import read_config
    from training.reach import check_reachable, registry_uri
    from training.summary import show, summary
    from training.train import train, write_predictions

    # Before the work, for without it the work would be lost; MLflow itself takes seconds to come.
    check_reachable(registry_uri())
    told = read_config(config)
    trained = train(book, as_of.date(), told if dask is None else told.model_copy(update={"dask": dask}))
    from training.registration import report_and_register
    from training.registry import Registry

    if predictions is not None:
        write_predictions(trained, predictions)
    trained = replace(trained, version=report_and_register(trained, Registry(), report))
    if as_json:
        typer.echo(json.dumps(summary(trained)))
    else:
        show(trained, Console())


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="A version that `bolanggu train` printed.")],
    override: Annotated[bool, typer.Option("--override", help="Promote though a gate fails; needs --reason.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why it is overridden; kept for ever.")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who promotes; default: the user.")] = None,
    thresholds: Annotated[Path | None, typer.Option("--thresholds", help="YAML; defaults for every key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a registered model version into use, if it passes every gate; exit code 2 if it does not.

    Example: bolanggu promote 3 --override --reason "the champion's features are withdrawn"
    """
    from rich.console import Console

    from features.errors import CallerError
    from training.gates import show
    from training.promotion import Override, judge, promote
    from training.registry import Registry
    from training.thresholds import read_thresholds

    if reason and not override:
        raise CallerError("--reason", None, "is kept with an override only", "add --override, or leave it out")
    allowed = Override(reason) if override else None
    registry = Registry()
    found = judge(version, registry, read_thresholds(thresholds).gates)
    if as_json:
        typer.echo(json.dumps({"version": version, "gates": [gate.as_dict() for gate in found]}))
    else:
        show(found, Console())
    champion = promote(version, registry, found, allowed, by)
    typer.echo(f"version {champion.version} is the champion now ({champion.bundle.model.kind})", err=as_json)


@app.command()
def rollback(
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for ever.")],
    by: Annotated[str | None, typer.Option("--by", help="Who goes back; default: the user.")] = None,
) -> None:
    """Return to the version that was in use before the champion.

    Example: bolanggu rollback --reason "limits fell for no cause that we can name"
    """
    from training.promotion import rollback

    champion = rollback(reason, by=by)
    typer.echo(f"version {champion.version} is the champion again ({champion.bundle.model.kind})")


@app.command()
def drift(
    book: Book,
    as_of: Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to look from.")],
    thresholds: Annotated[Path | None, typer.Option("--thresholds", help="YAML; defaults for every key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the book of a day with what the champion was trained for; exit code 3 where it has moved, 0 where not.

    Example: bolanggu drift --book market --as-of 2026-03-31 --json
    """
    from rich.console import Console

    from features.home import home
    from models.champion import read_champion
    from training.drift import DRIFTED, drift, summary
    from training.gates import show
    from training.thresholds import read_thresholds

    found = drift(book, as_of.date(), read_champion(home()), read_thresholds(thresholds).drift)
    if as_json:
        typer.echo(json.dumps(summary(found)))
    else:
        show(list(found.checks), Console())
    if found.drifted:
        raise typer.Exit(DRIFTED)


@app.command()
def score(
    out: Annotated[Path, typer.Option("--out", help="The scores (Parquet), written whole or not at all.")],
    book: Annotated[Path | None, typer.Option("--book", help="Folder of the book; needs --as-of.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to look from.")
    ] = None,
    snapshot_file: Annotated[
        Path | None, typer.Option("--snapshot", help="A file of `bolanggu snapshot`, in place of a book.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score every buyer of a book or of a snapshot with the champion.

    Example: bolanggu score --book market --as-of 2025-12-31 --out scores.parquet
    """
    from features.errors import CallerError
    from features.home import home
    from features.snapshot import snapshot
    from models.champion import read_champion
    from models.score import read_snapshot, score, write_scores

    champion = read_champion(home())
    if snapshot_file is not None and book is None:
        seen = read_snapshot(snapshot_file, champion)
    elif book is not None and as_of is not None and snapshot_file is None:
        seen = snapshot(book, [as_of.date()])
    else:
        raise CallerError("score", None, "needs a book and a day, or a snapshot", "see `bolanggu score --help`")
    scores = score(champion, seen)
    write_scores(scores, out)
    told = {"rows": scores.num_rows, "model_version": champion.version, "out": str(out)}
    line = f"{scores.num_rows:,} rows scored by version {champion.version}, in {out}"
    typer.echo(json.dumps(told) if as_json else line)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder to make.")],
    buyers: Annotated[int, typer.Option("--buyers", help="Number of buyers.")] = 2500,
    years: Annotated[int, typer.Option("--years", help="Years that the market covers.")] = 4,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 1,
    exporters: Annotated[
        int | None, typer.Option("--exporters", help="Number of exporters; default: by that of buyers.")
    ] = None,
    until: Annotated[
        datetime,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], show_default=f"{_LAST_DAY:%Y-%m-%d}", help="Last day of the market."
        ),
    ] = _LAST_DAY,
    config: Annotated[
        Path | None, typer.Option("--config", help="Parameters (YAML); default: market/default.yaml.")
    ] = None,
    replace_market: Annotated[bool, typer.Option("--replace", help="Replace a market that is there.")] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes; default: one a core. The result is the same.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a market into a book, its truth apart in truth.parquet.

    Example: bolanggu simulate --out market --buyers 2500 --years 4 --seed 1
    """
    from training.market.console import run
    from training.market.parameters import DEFAULT, load
    from training.market.simulate import Wish

    run(
        out,
        Wish(buyers, years, seed, until.date(), exporters),
        load(config or DEFAULT),
        replace_market,
        workers,
        as_json,
    )


@app.command()
def backtest(
    book: Book,
    as_of: AsOf,
    quarters: Annotated[int, typer.Option("--quarters", help="How many quarters to walk through, at most.")] = 8,
    config: Annotated[Path | None, typer.Option("--config", help="YAML of the training; defaults for all.")] = None,
    policy: Annotated[
        list[Path] | None, typer.Option("--policy", help="Policy file in place of the program's; may be repeated.")
    ] = None,
    champion: Annotated[bool, typer.Option("--champion", help="Try the model in use too.")] = False,
    version: Annotated[
        list[str] | None, typer.Option("--version", help="Try a registered version as it is; may be repeated.")
    ] = None,
    chart: Annotated[Path | None, typer.Option("--chart", help="Write the frontier (.svg or .html).")] = None,
    keep_scale: Annotated[
        bool, typer.Option("--keep-scale", help="Let limit runs use the appetite as it was calibrated here.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Replay history quarter by quarter with limits from what was known then, against simple rules.

    Example: bolanggu backtest --book market --as-of 2025-12-31 --quarters 8 --chart frontier.svg
    """
    from training.backtest.console import run

    run(book, as_of.date(), quarters, config, policy, champion, version or [], chart, keep_scale, as_json)


@app.command("what-if")
def what_if(
    book: Book,
    as_of: AsOf,
    policy: Annotated[Path, typer.Option("--policy", help="The policy file to try.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="Policy file to hold it against; default: that in force.")
    ] = None,
    quarters: Annotated[int, typer.Option("--quarters", help="How many quarters to replay, at most.")] = 4,
    config: Annotated[Path | None, typer.Option("--config", help="YAML of the training; defaults for all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two policies on the same book: trade, loss, compensation, who gains and who loses.

    Example: bolanggu what-if --book market --as-of 2025-12-31 --policy models/policies/2020-launch.yaml
    """
    from rich.console import Console

    from models.policy import policies, read_policy
    from training.config import read_config
    from training.what_if import show, summary, what_if

    held = policies().at(as_of.date()) if against is None else read_policy(against)
    found = what_if(book, as_of.date(), quarters, read_config(config), read_policy(policy), held)
    if as_json:
        typer.echo(json.dumps(summary(found)))
    else:
        show(found, Console())


@app.command()
def whitelist(
    book: Book,
    as_of: AsOf,
    later: Annotated[int, typer.Option("--later", help="Tell too what was lost in so many days after.")] = 0,
    champion: Annotated[bool, typer.Option("--champion", help="Judge buyers by the model in use.")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge every exporter for the whitelist by the policy's criteria, with what is missing; a person approves.

    Example: bolanggu whitelist --book market --as-of 2024-06-30 --later 365
    """
    from rich.console import Console

    from features.home import home
    from models.champion import read_champion
    from models.policy import policies
    from training.whitelist import candidates, later_losses, show, summary

    policy = policies().at(as_of.date())
    found = candidates(book, as_of.date(), policy, read_champion(home()).bundle if champion else None)
    after = later_losses(book, as_of.date(), found, policy, days=later) if later else None
    if as_json:
        typer.echo(json.dumps(summary(found, after)))
    else:
        show(found, after, Console())
