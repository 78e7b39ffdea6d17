"""Pictures of every page in both languages, for the README; `make screenshots` runs this, the tests do not.

They are of the demo's market at its default size, which is made for them.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from benchmarks.service import served as serving
from tests.serving.web.browser.conftest import new_context, sign_in

FOLDER = Path(__file__).parents[4] / "docs" / "screenshots"
TALLEST = 1_800
WIDTHS = {"wide": 1180, "phone": 390}
ON_A_PHONE = ("desk", "buyer")


@pytest.fixture(scope="module")
def demo():
    """The demo, served: its address, and what its stories are."""
    with tempfile.TemporaryDirectory(prefix="bolanggu-shoot-") as folder:
        Path(folder).chmod(0o755)  # open to PostgreSQL's own user, which root's server runs as
        command = [sys.executable, "-m", "bolanggu", "demo", "--once"]
        environment = os.environ | {"BOLANGGU_HOME": folder}
        made = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        with serving(Path(folder) / "demo") as port:
            yield f"http://127.0.0.1:{port}", json.loads(made.stdout)["stories"]


@pytest.fixture
def visit(browser, demo):
    """Open pages as somebody of the demo, in a language."""
    address, stories = demo
    contexts = []

    def open_as(name: str, language: str, width: int):
        context = new_context(browser, address, language, width)
        contexts.append(context)
        page = context.new_page()
        sign_in(page, name, stories["people"][name]["password"])
        return page

    yield open_as
    for context in contexts:
        context.close()


def _pages(stories: dict[str, Any]) -> dict[str, str]:
    return {
        "desk": "/desk",
        "buyers": "/buyers?query=importadora",
        "buyer": f"/buyers/{stories['bust_out']}",
        "order": "/orders/DEMO-RUSH-6",
        "claims": "/claims",
        "claim": "/claims/CL-DEMO-LOST-1",
        "whitelist": "/whitelist",
        "candidate": "/whitelist",
        "book": "/book",
        "limit-runs": "/limit-runs",
        "limit-run": "/limit-runs/1",
        "what-if": "/what-if?edit=2024-current",
        "comparison": "/what-if/2",
        "models": "/models",
        "model": "/models/3",
        "audit": "/audit",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(WIDTHS))
def test_shoot(visit, demo, language, kind):
    page = visit("gao.feng", language, WIDTHS[kind])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, path in _pages(demo[1]).items():
        if kind == "phone" and name not in ON_A_PHONE:
            continue
        page.goto(path)
        if name == "desk":
            page.locator("details.task summary").first.click()
        if name == "candidate":
            page.locator("tbody a").first.click()
            page.wait_for_load_state()
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        clip = {"x": 0, "y": 0, "width": WIDTHS[kind], "height": height}
        page.screenshot(path=FOLDER / f"{name}-{language}-{kind}.png", full_page=True, clip=clip)
