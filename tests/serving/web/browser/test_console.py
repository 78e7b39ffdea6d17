"""The console used as underwriters use it, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.serving.web.browser.conftest import PASSWORD, sign_in

PAGES = ("/desk", "/buyers?query=import", "/whitelist", "/whitelist?only=not_yet", "/book", "/models")


def test_find_a_misspelt_buyer_and_read_why(visit, served, sql_of):
    ((buyer, name),) = sql_of("SELECT buyer_id, name FROM book.buyers WHERE length(name) > 20 ORDER BY 1 LIMIT 1")
    page = visit("yu.lan")
    page.click("nav.sections >> text=Buyers")
    page.fill("#query", name[:8] + name[9:-2] + "x")  # a letter lost, another slipped in
    expect(page.locator(f'#found a[href="/buyers/{buyer}"]').first).to_be_visible()  # as one types, without a click
    page.locator(f'#found a[href="/buyers/{buyer}"]').first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("#why .reasons li").count() > 0
    page.fill("#as_of", "2025-12-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This is what was known at the end of")).to_be_visible()


def test_an_override_takes_a_second_person_and_can_be_undone(visit, served, sql_of):
    _, stories = served
    buyer = stories["bust_out"]
    page = visit("yu.lan")
    page.goto(f"/buyers/{buyer}")
    page.click("#do-override summary")
    page.fill("#override-amount", "61000")  # no tier: no run gives it
    page.fill("#do-override textarea", "Guarantee of the parent company seen")
    page.click("#do-override button.main")
    expect(page.get_by_role("status").first).to_contain_text("waits on the desk")
    ((number,),) = sql_of("SELECT max(proposal_id) FROM desk.proposals WHERE kind = 'override'")

    page.goto("/desk")
    page.click(f"#proposal-{number} summary")
    expect(page.locator(f"#proposal-{number}")).to_contain_text("a colleague decides it")
    assert page.locator(f"#proposal-{number} button[value=approved]").count() == 0

    other = visit("gao.feng")
    other.click(f"#proposal-{number} summary")
    other.fill(f"#reason-{number}", "Guarantee checked with the bank")
    other.click(f"#proposal-{number} button[value=approved]")
    expect(other.get_by_role("status").first).to_contain_text("in force")
    limit = "SELECT amount_cents FROM ledger.limit_in_force(%s, (now() AT TIME ZONE 'UTC')::date, clock_timestamp())"
    assert sql_of(limit, buyer) == [(6_100_000,)]

    other.locator("#decided tr", has_text="Guarantee checked").get_by_role("button").click()
    expect(other.get_by_role("status").first).to_contain_text("Undone")
    assert sql_of(limit, buyer) != [(6_100_000,)]


def test_a_referral_is_decided_in_two_clicks(visit, sql_of):
    page = visit("yu.lan", "zh")
    task = page.locator("details.task", has_text="转人工订单").first
    number = task.get_attribute("id").removeprefix("proposal-")
    task.locator("summary").click()
    page.fill(f"#reason-{number}", "无法核实新出口商的关系")
    page.click(f"#proposal-{number} button[value=refused]")
    expect(page.get_by_role("status").first).to_contain_text("已拒绝")
    assert sql_of("SELECT status FROM desk.verdicts WHERE proposal_id = %s", int(number)) == [("refused",)]


def test_an_exporter_is_approved_for_the_whitelist(visit, sql_of):
    ((exporter,),) = sql_of("SELECT exporter_id FROM whitelist.findings WHERE status <> 'excluded' ORDER BY 1 LIMIT 1")
    page = visit("gao.feng")
    page.goto(f"/whitelist/{exporter}")
    page.fill("#reason", "Evidence checked against the customs records")
    page.click("button[value=approve]")
    expect(page.get_by_role("status").first).to_contain_text("standing is set")
    standing = "SELECT standing FROM ledger.standings WHERE exporter_id = %s ORDER BY standing_id DESC LIMIT 1"
    assert sql_of(standing, exporter) == [("whitelisted",)]


def test_a_note_is_kept_on_the_buyers_page(visit, served):
    page = visit("yu.lan")
    page.goto(f"/buyers/{served[1]['bust_out']}")
    page.click("#do-note summary")
    page.fill("#note-text", "Met at the fair")
    page.click("#do-note button.main")
    expect(page.locator("#notes")).to_contain_text("Met at the fair")


def test_the_language_switches_and_is_remembered(visit):
    page = visit("mo.ran", "zh")
    expect(page.locator("h1")).to_have_text("我的工作台")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("My desk")
    page.goto("/book")
    expect(page.locator("h1")).to_have_text("The book")


def test_a_modeller_reads_and_is_offered_no_decision(visit):
    page = visit("mo.ran")
    page.locator("details.task summary").first.click()
    expect(page.locator("details.task").first).to_contain_text("Your role reads")
    assert page.locator("button[value=approved]").count() == 0


@pytest.mark.parametrize(("kind", "starts"), [("CSV", b"\xef\xbb\xbf"), ("Excel", b"PK")])
def test_a_table_is_exported_as_it_is_filtered(visit, kind, starts):
    page = visit("yu.lan", "zh")
    page.goto("/book")
    with page.expect_download() as taken:
        page.locator("#countries").get_by_role("link", name=kind).click()
    content = taken.value.path().read_bytes()
    assert content.startswith(starts)
    if kind == "CSV":
        assert "国家" in content.decode("utf-8-sig").splitlines()[0]


def test_a_table_sorts_by_its_heads(visit):
    page = visit("yu.lan")
    page.goto("/book")
    page.locator("#countries th a", has_text="Limits").click()
    expect(page.locator("#countries th[aria-sort=descending]")).to_contain_text("Limits")
    shown = page.locator('#countries td[data-title="Limits"]').all_inner_texts()
    amounts = [int(re.sub(r"\D", "", text)) for text in shown]
    assert amounts == sorted(amounts, reverse=True)


def test_printing_leaves_the_figures_and_drops_the_controls(visit, served):
    page = visit("yu.lan")
    page.goto(f"/buyers/{served[1]['bust_out']}")
    page.emulate_media(media="print")
    assert not page.locator("nav.sections").is_visible()
    assert not page.locator("#do-override").is_visible()
    assert page.locator("dl.figures").is_visible()
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_accessible_and_fits_a_phone(visit, served, language):
    stories = served[1]
    page = visit("gao.feng", language, width=390)
    for path in (*PAGES, f"/buyers/{stories['bust_out']}", "/orders/DEMO-RUSH-1"):
        assert page.goto(path).status == 200, path
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        faults = [(each["id"], each["nodes"][0]["html"][:160]) for each in found.response["violations"]]
        assert faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_dark_colours_have_contrast_too(visit, served):
    page = visit("gao.feng")
    page.emulate_media(color_scheme="dark")
    for path in (*PAGES, f"/buyers/{served[1]['bust_out']}"):
        page.goto(path)
        found = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}})
        assert [each["nodes"][0]["html"][:160] for each in found.response["violations"]] == [], path


def test_a_referral_is_reached_and_refused_by_keyboard_alone(visit, sql_of):
    page = visit("gao.feng")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    number = page.evaluate("document.activeElement.parentElement.id").removeprefix("proposal-")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("Not without papers")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Refused")
    assert sql_of("SELECT reason FROM desk.verdicts WHERE proposal_id = %s", int(number)) == [("Not without papers",)]


def test_pages_work_without_scripts(browser, served):
    address, stories = served
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "mo.ran", PASSWORD)
    page.goto("/buyers")
    page.fill("#query", stories["bust_out"])
    page.click("main button.main")
    expect(page.locator(f'#found a[href="/buyers/{stories["bust_out"]}"]')).to_be_visible()
    context.close()
