"""A server process over a small market's database, and Debian's Chromium to look at it with."""

import os
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from features.catalogue import CATALOGUE
from features.snapshot import snapshot
from models.bundle import Bundle
from models.matrix import to_matrix
from models.pd.scorecard import ScorecardPd
from models.profile import profile
from serving.access.principal import Role
from serving.accounts.accounts import add_account
from serving.book.load import load_book
from serving.demo.story import tell_stories
from serving.limits.run import set_limits
from serving.settings import Settings
from serving.whitelist.review import review_exporters
from tests.databases import copied
from tests.integration.server import Server
from tests.training.books import two_tempers
from tests.training.learned import QUICK, knowing_nothing, learn
from training.market.parameters import load
from training.market.simulate import Wish, simulate
from training.promotion import promote
from training.registration import register
from training.registry import Registry
from training.report.page import page

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that tests make
PEOPLE: dict[str, Role] = {"yu.lan": "underwriter", "gao.feng": "senior", "mo.ran": "modeller", "shen.ji": "auditor"}
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
NAMES = tuple(feature.name for feature in CATALOGUE)


@pytest.fixture(scope="session")
def home():
    """A home with a market's book and a champion; open to PostgreSQL's own user, which root's server runs as."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        simulate(Path(folder) / "market", Wish(500, 2, 7, YESTERDAY), load(), workers=1)
        _fill_registry(Path(folder), two_tempers(Path(folder) / "tempers"))
        yield Path(folder)


@pytest.fixture(scope="session")
def filled(postgres, template, home):
    """The database of the market: limits, stories, a review, and people. What the stories tell is given with it."""
    with copied(postgres, template) as console:
        with psycopg.connect(console.url, autocommit=True) as connection:
            load_book(home / "market", connection)
            for back in (110, 0):
                set_limits(connection, home, YESTERDAY - timedelta(days=back))
            review_exporters(connection, home, YESTERDAY)
            for person, role in PEOPLE.items():
                add_account(connection, person, role, PASSWORD)
        yield console.url, tell_stories(console.url, Settings())


@pytest.fixture(scope="session")
def served(filled, home):
    """The address of a server process, and the stories."""
    url, stories = filled
    server = Server({"BOLANGGU_DATABASE_URL": url, "BOLANGGU_HOME": str(home)})
    try:
        server.wait_ready()
        yield server.url, stories
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser():
    # Not for the whole session: while it is open no other test of this process could run a loop of its own.
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("there is no Chromium to test the console with; run `apt-get install -y chromium`")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        # Nothing leaves the machine: whatever a page asks of another host fails, and what fails is told in the console.
        flags.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        opened = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, served):
    """Open pages as somebody, in a language; at the end nothing may stand in the console of any."""
    address, _ = served
    contexts, faults = [], []

    def open_as(name: str, language: str = "en", width: int = 1280) -> Page:
        context = new_context(browser, address, language, width)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        sign_in(page, name, PASSWORD)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert faults == []


def new_context(browser: Browser, address: str, language: str, width: int) -> BrowserContext:
    """Open a browser as of somebody who has not signed in yet, in a language."""
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "bolanggu_language", "value": language, "url": address}])
    return context


def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in by the form that the first page leads to, and wait for the desk."""
    page.goto("/")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button.main")
    page.wait_for_url("**/desk")


def _is_fault(message: ConsoleMessage) -> bool:
    """Tell a fault of a page from a form that was answered with what is wrong with it."""
    return message.type == "error" and "status of 422" not in message.text


def _fill_registry(home: Path, tempers: Path) -> None:
    """Register three versions and put the first into use; the second is as good, and the third has learned nothing."""
    learned = learn(tempers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOLANGGU_HOME", str(home))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        registry = Registry()
        first = register(replace(learned, bundle=_bundle(home)), registry, page(learned, None))
        promote(first, registry, by="wang.min")
        register(learned, registry, page(learned, None))
        register(knowing_nothing(learned), registry)


def _bundle(home: Path) -> Bundle:
    """Make a scorecard that fears late payers: enough for limits of every kind."""
    seen = snapshot(home / "market", [YESTERDAY])
    late = np.nan_to_num(seen["late_share_365d"].to_numpy(zero_copy_only=False))
    fell = np.random.default_rng(1).random(len(late)) < 0.01 + 0.1 * late
    known = to_matrix(seen, NAMES)
    model = ScorecardPd().fit(known, fell.astype(float))
    definition = QUICK.default.model_dump(mode="json")
    population = profile(NAMES, known, model.predict_pd(known))
    return Bundle(YESTERDAY, QUICK.horizon_days, definition, NAMES, model, profile=population)


@pytest.fixture
def sql_of(filled):
    """Run plain SQL on the database that is served and give its rows."""
    with psycopg.connect(filled[0], autocommit=True) as connection:
        yield lambda statement, *parameters: connection.execute(statement, parameters).fetchall()
