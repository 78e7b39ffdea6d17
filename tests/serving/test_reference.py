from serving.reference import FIRST, LAST, PAGE, renewed, table
from serving.settings import Settings


def test_the_readme_s_settings_are_those_of_the_program():
    page = PAGE.read_text(encoding="utf-8")
    assert (page.count(FIRST), page.count(LAST)) == (1, 1)
    assert page == renewed(page), "run `python -m serving.reference`"


def test_every_setting_has_its_meaning():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`BOLANGGU_{name.upper()}`" in table()
