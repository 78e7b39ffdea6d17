import re


def test_the_page_and_all_its_files_are_served_from_here(anybody):
    page = anybody.get("/docs")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    own = [each for each in named if each.startswith("/docs/")]
    assert len(own) == 3
    assert all(anybody.get(each).is_success for each in own)
    assert all(each.startswith("/") and not each.startswith("//") for each in named)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.headers["Content-Security-Policy"]
