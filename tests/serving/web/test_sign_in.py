import pytest

from serving.web.reader import own_path


def test_a_page_leads_to_sign_in_and_back(reader):
    asked = reader.get("/buyers?query=x", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?back=%2Fbuyers%3Fquery%3Dx")
    done = reader.sign_in("underwriter", back="/buyers?query=x")
    assert (done.status_code, done.headers["location"]) == (303, "/buyers?query=x")
    assert reader.get("/buyers", follow_redirects=False).status_code == 200


def test_a_wrong_password_is_told_and_signs_nobody_in(reader):
    wrong = reader.sign_in("underwriter", "wrong horse battery")
    assert wrong.status_code == 401
    assert "do not match" in wrong.text
    assert reader.get("/buyers", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(reader):
    reader.sign_in("underwriter")
    token = reader.client.cookies["bolanggu_session"]
    reader.post("/sign-out", {}, page="/buyers")
    reader.client.cookies.set("bolanggu_session", token)
    assert reader.get("/buyers", follow_redirects=False).status_code == 303


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_plain_http(reader):
    cookie = reader.sign_in("underwriter").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" in cookie


def test_a_form_without_the_readers_own_token_is_refused(reader):
    reader.get("/sign-in")
    for token in ("", "0" * 64):
        form = {"name": "underwriter", "password": "correct horse battery", "form_token": token}
        assert reader.client.post("/sign-in", data=form).status_code == 422
    reader.sign_in("underwriter")
    assert reader.client.post("/sign-out", data={"form_token": "0" * 64}).status_code == 422


def test_the_language_is_chinese_until_one_is_chosen(app, reader):
    del reader.client.cookies["bolanggu_language"]
    assert '<html lang="zh-CN">' in reader.get("/sign-in").text
    assert "登录" in reader.get("/sign-in").text
    chosen = reader.post("/language", {"language": "en", "back": "/sign-in"})
    assert chosen.headers["location"] == "/sign-in"
    assert '<html lang="en">' in reader.get("/sign-in").text


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil", "evil", "", None, "/a\nb"])
def test_nobody_is_led_elsewhere(path):
    assert own_path(path) == "/"


def test_pages_forbid_what_is_not_theirs(reader):
    page = reader.get("/sign-in")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "style=" not in page.text
    assert "<script>" not in page.text


def test_the_apis_paths_stay_the_apis(reader):
    for method, path, status in (("GET", "/v1/nothing", 401), ("POST", "/healthz", 405), ("GET", "/openapi.json", 200)):
        answer = reader.client.request(method, path)
        assert answer.status_code == status
        assert "text/html" not in answer.headers["content-type"]


def test_an_unknown_page_says_so_in_words(reader):
    answer = reader.get("/nothing")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
