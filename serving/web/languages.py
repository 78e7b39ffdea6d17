"""The console's languages: Chinese first, English beside it; catalogues are read from the `.po` files as they are."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request, Response

from models.reasons import Language

LOCALE = Path(__file__).parent / "locale"
COOKIE = "bolanggu_language"
DEFAULT: Language = "zh"
LOCALES: dict[Language, Literal["zh_CN", "en"]] = {"zh": "zh_CN", "en": "en"}
TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
_A_YEAR_S = 365 * 24 * 3600


@cache
def translations(language: Language) -> NullTranslations:
    """Give a language's catalogue; texts in the code and templates are English, so English needs none."""
    if language == "en":
        return NullTranslations()
    with (LOCALE / language / "console.po").open("rb") as file:
        catalogue = read_po(file, locale=LOCALES[language])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def language_of_page(request: Request) -> Language:
    """Tell which language a page is asked for in: the one last chosen, else Chinese."""
    return "en" if request.cookies.get(COOKIE) == "en" else DEFAULT


def remember(response: Response, language: Language) -> None:
    """Remember the choice in the browser."""
    response.set_cookie(COOKIE, language, max_age=_A_YEAR_S, httponly=True, samesite="lax")


def untranslated(text: str) -> str:
    """Mark a text as one that catalogues hold, where it is written down before the language is known."""
    return text
