"""The API's page in a browser that reaches no other host, as the policies that it is sent with demand."""

import pytest
from playwright.sync_api import expect

from tests.integration.server import KEY


@pytest.fixture
def page(visit):
    page = visit("yu.lan")
    page.goto("/docs")
    return page


def test_every_route_is_shown(page):
    expect(page.locator("h1, h2.title").first).to_contain_text("Bolanggu")
    told = page.evaluate("fetch('/openapi.json').then(answer => answer.json())")["paths"]
    expect(page.locator(".opblock")).to_have_count(sum(len(methods) for methods in told.values()))


def test_a_route_is_read_and_tried(page):
    page.locator(".opblock", has_text="/readyz").locator(".opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
    expect(page.locator(".live-responses-table tbody .highlight-code").first).to_contain_text('"status": "ok"')


def test_a_key_opens_what_is_closed(page):
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(KEY)
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Apply credentials").click()
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Close").click()
    page.locator(".opblock-post", has_text="/v1/order-checks").first.locator(".opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
