"""How long the server takes for each page of the console, on the demo's market at its default size.

Told are milliseconds of one machine, by the pages' own `Server-Timing`: the median of warm visits, and the first visit
after the service's start.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from benchmarks.service import served

VISITS = 9
_TRIAL_TIMEOUT_S = 300.0
_WHO = "gao.feng"
_TOKEN = re.compile(r'name="form_token" value="(\w+)"')
_KEY = re.compile(r'name="event_id" value="([\w-]+)"')


def run() -> dict[str, Any]:
    """Make the demo, serve it, and visit every page."""
    with tempfile.TemporaryDirectory(prefix="bolanggu-bench-") as folder:
        Path(folder).chmod(0o755)  # open to PostgreSQL's own user, which root's server runs as
        command = [sys.executable, "-m", "bolanggu", "demo", "--once"]
        made = subprocess.run(command, env=os.environ | {"BOLANGGU_HOME": folder}, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
        told = json.loads(made.stdout)
        password = told["stories"]["people"][_WHO]["password"]
        with served(Path(folder) / "demo") as port:
            first, warm = measure(f"http://127.0.0.1:{port}", password, told["stories"])
    return {
        "bench": "pages",
        "figures": {
            "slowest_page_ms": max(warm.values()),
            "slowest_first_visit_ms": max(first.values()),
            **{f"{page}_ms": value for page, value in warm.items()},
        },
        "conditions": {
            "visits": VISITS,
            "first_visits_ms": first,
            "demo_seconds": told["seconds"],
            "market": told["market"],
        },
    }


def measure(address: str, password: str, stories: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Visit each page; give the milliseconds of the first visit and the median of the later ones, by page."""
    first, warm = {}, {}
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        _post(browser, "/sign-in", "/sign-in", name=_WHO, password=password, back="/buyers")
        for name, path in _pages(browser, stories).items():
            took = [_visit(browser, path) for _ in range(1 + VISITS)]
            first[name], warm[name] = took[0], round(median(took[1:]), 1)
    return first, warm


def _pages(browser: httpx.Client, stories: dict[str, Any]) -> dict[str, str]:
    pages = {
        "desk": "/desk",
        "buyers": "/buyers?query=importadora",
        "bust_out_buyer": f"/buyers/{stories['bust_out']}",
        "fading_buyer": f"/buyers/{stories['fading']}",
        "past_day_buyer": f"/buyers/{stories['bust_out']}?as_of=2026-03-31",
        "order": "/orders/DEMO-RUSH-1",
        "claims": "/claims",
        "decided_claims": "/claims?only=decided",
        "claim": "/claims/CL-DEMO-LOST-1",
        "whitelist": "/whitelist",
        "not_yet": "/whitelist?only=not_yet",
        "book": "/book",
        "limit_runs": "/limit-runs",
        "what_if": "/what-if?edit=2024-current",
        "models": "/models",
        "model": "/models/2",
        "audit": "/audit",
    }
    return pages | {
        "limit_run": _tried(browser, "/limit-runs", {}),
        "comparison": _tried(browser, "/what-if", {"policy": "2020-launch", "against": "2024-current"}),
    }


def _visit(browser: httpx.Client, path: str) -> float:
    answer = browser.get(path)
    answer.raise_for_status()
    return float(answer.headers["server-timing"].removeprefix("page;dur="))


def _tried(browser: httpx.Client, path: str, form: dict[str, str]) -> str:
    """Ask for a preview or comparison and wait until it is worked out; give its path."""
    answer = _post(browser, path, path, **form)
    deadline = time.monotonic() + _TRIAL_TIMEOUT_S
    while "data-refresh-s" in answer.text and time.monotonic() < deadline:
        time.sleep(0.5)
        answer = browser.get(answer.url)
    return answer.url.path


def _post(browser: httpx.Client, page: str, path: str, **form: str) -> httpx.Response:
    text = browser.get(page).text
    token, key = _TOKEN.search(text), _KEY.search(text)
    assert token is not None, "every form bears a token"
    sent = form | {"form_token": token[1]} | ({"event_id": key[1]} if key else {})
    answer = browser.post(path, data=sent)
    answer.raise_for_status()
    return answer
