"""Another version into use and back again, by two persons, in a real browser against a real registry."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A question to the registry imports MLflow in a process of its own; the machine may be busy.
SLOW_MS = 120_000


def _open_models(page):
    page.goto("/models")
    expect(page.locator("#versions tbody tr")).to_have_count(3, timeout=SLOW_MS)  # it refreshes by itself
    page.reload()


def _decide(page, verdict, reason):
    page.locator("[id^=change-reason-]").fill(reason)
    page.locator(f"button[value={verdict}]").click()


def test_a_promotion_and_the_way_back_take_two_persons_each(visit, sql_of):
    modeller, senior = visit("mo.ran"), visit("gao.feng")
    _open_models(modeller)
    expect(modeller.locator("dl.figures .good")).to_contain_text("version 1")
    expect(modeller.locator("#history")).to_contain_text("wang.min")
    modeller.goto("/models/2")
    expect(modeller.locator("#gates tbody tr")).to_have_count(7)
    expect(modeller.locator("#compared tbody tr")).to_have_count(4)
    modeller.fill("#reason", "Knows the autumn's defaults")
    modeller.click("#ask button.main")
    expect(modeller.get_by_role("status").first).to_contain_text("waits for another person")
    assert modeller.locator("button[value=confirmed]").count() == 0, "not by who asked"
    expect(modeller.locator("main")).to_contain_text("another person confirms it")

    senior.goto("/models")
    _decide(senior, "confirmed", "Report read")
    expect(senior.locator("dl.figures .good")).to_contain_text("version 2", timeout=SLOW_MS)
    expect(senior.locator("#history li").first).to_contain_text("mo.ran, confirmed by gao.feng")

    modeller.goto("/models")
    modeller.click("#do-rollback summary")
    modeller.fill("#rollback-reason", "Limits fell for no cause that we can name")
    modeller.click("#do-rollback button.main")
    senior.goto("/models")
    _decide(senior, "confirmed", "Agreed")
    expect(senior.locator("dl.figures .good")).to_contain_text("version 1", timeout=SLOW_MS)
    expect(senior.locator("#history li").first).to_contain_text("rolled back")
    acts = sql_of(
        "SELECT action, who, after ->> 'asked_by' FROM access.audit WHERE subject = 'model' ORDER BY audit_id"
    )
    assert [each for each in acts if each[0] in ("promote", "roll_back")] == [
        ("promote", "gao.feng", "mo.ran"),
        ("roll_back", "gao.feng", "mo.ran"),
    ]


def test_a_failed_gate_is_overridden_by_a_senior_or_withdrawn(visit):
    modeller = visit("mo.ran", "zh")
    _open_models(modeller)
    modeller.goto("/models/3")
    expect(modeller.locator("#gates")).to_contain_text("未通过")
    modeller.check("#override")
    modeller.fill("#reason", "演示越权启用的申请")
    modeller.click("#ask button.main")
    expect(modeller.locator("main")).to_contain_text("仅高级核保员可复核通过")
    _decide(modeller, "withdrawn", "不再需要")
    expect(modeller.locator("#changes")).to_contain_text("申请人已撤销")


def test_the_report_is_a_document_of_its_own_that_runs_nothing(visit):
    page = visit("yu.lan")
    _open_models(page)
    page.goto("/models/2")
    page.get_by_role("link", name="Open the training report").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("svg").count() == 6
    heading = page.locator("h1").first
    assert heading.evaluate("each => getComputedStyle(each).fontSize") != "32px", "its own style holds"
    answer = page.goto("/models/2/report")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    page.goto("/models/3")
    assert page.get_by_role("link", name="Open the training report").count() == 0


def test_drift_is_looked_for_on_request(visit):
    page = visit("mo.ran")
    _open_models(page)
    page.get_by_role("button", name="Look for drift now").click()
    expect(page.locator("#drift tbody tr")).to_have_count(5, timeout=SLOW_MS)
    expect(page.locator("#drift")).to_contain_text("by mo.ran")


def test_the_trail_is_filtered_exported_and_closed_to_others(visit, sql_of):
    underwriter = visit("yu.lan")
    assert underwriter.locator("nav.sections a", has_text="Audit").count() == 0
    underwriter.goto("/buyers")
    page = visit("shen.ji")
    page.click("nav.sections >> text=Audit")
    ((expected,),) = sql_of("SELECT count(*) FROM access.audit WHERE action = 'override_limit'")
    page.select_option("#action", "override_limit")
    page.wait_for_url("**action=override_limit**")
    expect(page.locator("#trail tbody tr")).to_have_count(expected)
    expect(page.locator("#trail tbody tr").first).to_contain_text("yu.lan")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    lines = taken.value.path().read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("When,Who,Role")
    assert len(lines) == expected + 1
    page.locator("#trail tbody tr").first.locator('td[data-title="Subject"] a').click()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_accessible_and_fit_a_phone(visit, language):
    page = visit("gao.feng", language, width=390)
    _open_models(page)
    for path in ("/models", "/models/1", "/models/3", "/audit", "/audit?kind=cover"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.goto(path).status == 200, path
            found = Axe().run(page, options={"runOnly": WCAG})
            faults = [(each["id"], each["nodes"][0]["html"][:160]) for each in found.response["violations"]]
            assert faults == [], (path, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
