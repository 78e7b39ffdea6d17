"""Pictures of every page in both languages, for the README; `make screenshots` runs this, the tests do not."""

from pathlib import Path

import pytest

from tests.serving.web.browser.conftest import PASSWORD

FOLDER = Path(__file__).parents[4] / "docs" / "screenshots"
TALLEST = 2_000


@pytest.fixture(scope="module")
def tried(browser, served) -> dict[str, str]:
    """A preview and a comparison to take pictures of, asked for by another than who looks at them."""
    context = browser.new_context(base_url=served[0])
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#name", "gao.feng")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    made = {}
    for name, path in (("limit-run", "/limit-runs"), ("comparison", "/what-if")):
        page.goto(path)
        page.locator("main form[method=post] button.main").first.click()
        page.locator("#changes").wait_for(timeout=300_000)
        made[name] = page.url
    context.close()
    return made


def _pages(stories: dict[str, str], exporter: str, tried: dict[str, str]) -> dict[str, str]:
    return tried | {
        "claims": "/claims",
        "claim": "/claims/CL-DEMO-LOST-1",
        "limit-runs": "/limit-runs",
        "what-if": "/what-if?edit=2024-current",
        "desk": "/desk",
        "buyers": "/buyers?query=importadora",
        "buyer": f"/buyers/{stories['bust_out']}",
        "order": "/orders/DEMO-RUSH-1",
        "whitelist": "/whitelist?only=not_yet",
        "candidate": f"/whitelist/{exporter}",
        "book": "/book",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_shoot_models_and_the_trail(visit, language):
    page = visit("gao.feng", language, 1180)
    page.goto("/models")
    page.locator("#versions tbody tr").nth(2).wait_for(timeout=120_000)
    for name, path in {"models": "/models", "model": "/models/2", "audit": "/audit"}.items():
        page.goto(path)
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        clip = {"x": 0, "y": 0, "width": 1180, "height": height}
        page.screenshot(path=FOLDER / f"{name}-{language}-wide.png", full_page=True, clip=clip)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("kind", "width"), [("wide", 1180), ("phone", 390)])
def test_shoot(visit, served, tried, sql_of, language, kind, width):
    ((exporter,),) = sql_of("SELECT exporter_id FROM whitelist.findings ORDER BY status, exporter_id LIMIT 1")
    page = visit("yu.lan", language, width)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, path in _pages(served[1], exporter, tried).items():
        if kind == "phone" and name not in ("desk", "buyer"):
            continue
        page.goto(path)
        if name == "desk":
            page.locator("details.task summary").first.click()
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        clip = {"x": 0, "y": 0, "width": width, "height": height}
        page.screenshot(path=FOLDER / f"{name}-{language}-{kind}.png", full_page=True, clip=clip)
