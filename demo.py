"""The demo: a simulated market, training, promotion, limits, the service, and an order checked against it.

Everything lies in a folder of its own under the home and is made anew each time.
"""

import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
from rich.console import Console

from features.errors import CallerError, DataError, UnavailableError
from features.home import home
from serving.settings import Settings

if TYPE_CHECKING:
    from training.config import TrainingConfig

SEED = 2020
YEARS = 4
_START_TIMEOUT_S = 180.0
# Lies in a demo's folder, which the next demo erases.
_MARK = ".made-by-demo"


def run_demo(port: int, once: bool, buyers: int) -> dict[str, Any]:
    """Do everything in turn; with `once` end after one order check, else serve until interrupted.

    Returns:
        What each step found, as JSON holds it.

    Raises:
        CallerError: the port is taken, or the home is a demo's own, or its `demo` holds what no demo made.
        UnavailableError: the service does not start.
    """
    port = _free_port(port)
    folder = _folder_under(home())
    os.environ["BOLANGGU_HOME"] = str(folder)
    for old in (folder, Settings().postgres_folder):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    console = Console(stderr=True)
    started = time.monotonic()
    told: dict[str, Any] = {}
    book = folder / "market"
    steps: tuple[tuple[str, str, Callable[[], dict[str, Any]]], ...] = (
        ("market", f"{YEARS} years of a market of {buyers:,} buyers", lambda: _simulate(book, buyers, yesterday)),
        (
            "earlier",
            "the book in PostgreSQL; a scorecard and limits of the last two quarters, as known then",
            lambda: _earlier_limits(book, yesterday),
        ),
        ("training", "models trained on what was known yesterday", lambda: _train(book, yesterday)),
        ("challenger", "a score card of the same day, which wants its place", lambda: _challenge(book, yesterday)),
        ("limits", "limits of all buyers set anew", lambda: _set_limits(yesterday)),
        ("stories", "people, a day's trade under cover, and what waits", lambda: _tell_stories(book, yesterday)),
    )
    for name, sentence, step in steps:
        with console.status(sentence):
            told[name] = step()
        console.print(f"[{time.monotonic() - started:5.1f} s] {sentence}: {_line(told[name])}", highlight=False)
    key = secrets.token_urlsafe(32)
    with _service(port, key) as address:
        example = told["limits"]["example_buyer"]
        told["order_check"] = _check_order(address, key, example)
        told["console"] = _sign_in(address, told["stories"]["people"])
        told["without_key"] = httpx.get(f"{address}/v1/buyers/{example}/limit").status_code
        told |= {"address": address, "seconds": round(time.monotonic() - started, 1)}
        if not once:
            _serve_on(console, address, key, example, told["stories"]["people"])
    return told


def _folder_under(above: Path) -> Path:
    """Name the demo's folder: never one within another demo's, which nobody would look into, nor anybody else's.

    Raises:
        CallerError: there is no such folder.
    """
    if above.name == "demo":
        remedy = "unset it, or name the folder above it"
        raise CallerError("BOLANGGU_HOME", above, "is where a demo itself lies, which each demo makes anew", remedy)
    folder = above / "demo"
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        remedy = "move it away, or set another BOLANGGU_HOME"
        raise CallerError("demo", folder, f"would be erased, and bears no demo's mark ({_MARK})", remedy)
    return folder


def _simulate(book: Path, buyers: int, until: date) -> dict[str, Any]:
    from training.market.parameters import DEFAULT, load
    from training.market.simulate import Wish, simulate

    return dict(simulate(book, Wish(buyers, YEARS, SEED, until), load(DEFAULT)))


def _earlier_limits(book: Path, day: date) -> dict[str, Any]:
    """Set limits as of the ends of the two quarters before, by a scorecard of what was known at the first of them."""
    from serving.book.load import load_book
    from serving.limits.run import set_limits
    from serving.portfolio.change import last_quarter_end
    from serving.serve import connected

    last = last_quarter_end(day)
    first = last_quarter_end(last)
    with connected() as connection:
        load_book(book, connection)
        try:
            version = _train(book, first, _plain())["version"]
        except DataError as error:
            # A market of a few hundred buyers has too few defaults by then: limits begin with today's.
            return {"version": None, "cause": str(error)}
        runs = {quarter: set_limits(connection, home(), quarter)["limits"] for quarter in (first, last)}
    return {"version": version, "limits": ", ".join(f"{count} as of {quarter}" for quarter, count in runs.items())}


def _plain() -> "TrainingConfig":
    """What a scorecard needs, and no more."""
    from training.config import Snapshots, TrainingConfig

    return TrainingConfig(
        candidates=("constant", "scorecard"), snapshots=Snapshots(every_days=91), rolling_origins=1, bootstrap_draws=50
    )


def _train(book: Path, day: date, config: "TrainingConfig | None" = None) -> dict[str, Any]:
    from training.config import TrainingConfig
    from training.promotion import Override, judge, promote
    from training.registration import report_and_register
    from training.registry import Registry
    from training.summary import summary
    from training.train import train

    trained = train(book, day, config or TrainingConfig())
    registry = Registry()
    version = report_and_register(trained, registry, home() / "report.html")
    found = judge(version, registry)
    failed = [gate.name for gate in found if not gate.passed]
    # A market much smaller than the demo's own may fail; what follows is shown all the same.
    override = Override("a demonstration on a small simulated market") if failed else None
    promote(version, registry, found, override, by="mo.ran")
    told = summary(trained)
    chosen = told["figures"][told["chosen"]]
    gates = {"gates_passed": len(found) - len(failed), "gates_overridden": " ".join(failed) or "none"}
    return {"chosen": told["chosen"], "version": version, **gates, "auc": chosen["auc"], "log_loss": chosen["log_loss"]}


def _challenge(book: Path, day: date) -> dict[str, Any]:
    """Register a score card that nobody put into use."""
    from training.registration import report_and_register
    from training.registry import Registry
    from training.train import train

    try:
        return {"version": report_and_register(train(book, day, _plain()), Registry())}
    except DataError as error:
        # A market of a few hundred buyers has too few defaults on so few days: then there is no challenger.
        return {"version": None, "cause": str(error)}


def _set_limits(day: date) -> dict[str, Any]:
    from serving.limits.ground import read_in_force
    from serving.limits.run import set_limits
    from serving.serve import connected

    with connected() as connection:
        told = set_limits(connection, home(), day)
        limits = read_in_force(connection, day).limits
    told["example_buyer"] = max(sorted(limits), key=lambda buyer: limits[buyer].amount)
    return told


def _tell_stories(book: Path, day: date) -> dict[str, Any]:
    from serving.demo.models import tell_of_models
    from serving.demo.story import add_people, tell_stories
    from serving.demo.trials import try_on_the_book
    from serving.models.registry import DriftFound, Reading
    from serving.serve import prepared_database
    from serving.settings import settings
    from serving.whitelist.review import review_exporters
    from training import clerk

    with prepared_database(settings()) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            people = add_people(connection)
            reviewed = review_exporters(connection, home(), day)
        reading = Reading.model_validate(clerk.read())
        drift = DriftFound.model_validate(clerk.drift(str(book), day.isoformat()))
        models = tell_of_models(url, settings(), reading, drift)
        stories = tell_stories(url, settings())
        trials = try_on_the_book(url, settings())
        return {"people": people, "whitelist": reviewed, "models": models, **stories, "trials": trials}


@contextmanager
def _service(port: int, key: str) -> Iterator[str]:
    """Run `bolanggu serve` as a process of its own, for it must not carry what training imports."""
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bolanggu", "serve", "--port", str(port)]
    environment = os.environ | {"BOLANGGU_PLATFORM_KEY": key}
    # Into a file, for on the terminal its lines would push away the passwords, which are told once.
    with (
        _log().open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,  # noqa: S603 - our own command
    ):
        try:
            _wait_until_ready(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(_START_TIMEOUT_S)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise UnavailableError("service", address, "did not become ready", f"see {_log()}")


def _log() -> Path:
    """Tell where the service's log goes."""
    return home() / "service.log"


def _check_order(address: str, key: str, buyer_id: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    answer = httpx.post(f"{address}/v1/order-checks", json=_order(buyer_id), headers=headers)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _sign_in(address: str, people: dict[str, dict[str, str]]) -> int:
    """Sign in to the console as the first of its people and give the status of the desk's page."""
    name, person = next(iter(people.items()))
    with httpx.Client(base_url=address) as browser:
        token = re.search(r'name="form_token" value="(\w+)"', browser.get("/sign-in").text)
        assert token is not None, "every form bears a token"
        form = {"name": name, "password": person["password"], "form_token": token[1], "back": "/desk"}
        return browser.post("/sign-in", data=form, follow_redirects=True).status_code


def _order(buyer_id: str) -> dict[str, Any]:
    return {
        "order_id": "DEMO-1",
        "exporter_id": "E-DEMO",
        "buyer_id": buyer_id,
        "amount_minor": 120_000,
        "currency": "USD",
        "terms_days": 60,
        "accept_partial": True,
    }


def _serve_on(console: Console, address: str, key: str, buyer_id: str, people: dict[str, dict[str, str]]) -> None:
    console.print(f"\nBolanggu's console is on {address}. Sign in as one of (told this once):\n")
    for name, person in people.items():
        console.print(f"{name:10} {person['password']}   {person['role']}", highlight=False, markup=False)
    console.print(f"\nThe API is beside it (documents: {address}/docs). Try, in another terminal:\n")
    body = (
        '{{"order_id":"{}","exporter_id":"E-7","buyer_id":"{}","amount_minor":250000,"currency":"CNY","terms_days":60}}'
    )
    ask = f'curl -s -H "Authorization: Bearer $KEY" {address}/v1'
    for line in (
        f"export BOLANGGU_HOME={shlex.quote(str(home()))}   # for other commands, and for `serve` afterwards",
        f"KEY={key}   # a platform key; `bolanggu key add` makes others, for every role",
        f"{ask}/buyers/{buyer_id}/limit",
        f"{ask}/order-checks -H 'Content-Type: application/json' -d '{body.format('TRY-1', buyer_id)}'",
        f"{ask}/order-checks -H 'Accept-Language: zh-CN' -H 'Content-Type: application/json' "
        f"-d '{body.format('TRY-2', 'nobody-knows-me')}'",
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    console.print(f"\nCtrl-C ends it. The service's log is in {_log()}.", soft_wrap=True, highlight=False)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("ending")


def _line(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in found.items() if not isinstance(value, dict | list))


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CallerError("port", port, "is taken", "name a free one with --port") from error
        free: int = probe.getsockname()[1]
        return free
