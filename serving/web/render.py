"""Pages from templates: one environment a language, and what every page has in common."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.reasons import Language
from serving.access.principal import Principal
from serving.web.faults import in_words
from serving.web.formats import Formats
from serving.web.forms import form_token
from serving.web.languages import TAGS, language_of_page, translations
from serving.web.navigation import sections_of
from serving.web.words import tone, word

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence at the head of a page: what was done, or why it could not be, as an error says it."""

    text: str
    is_error: bool = False


@cache
def environment(language: Language) -> Environment:
    """Make the environment of a language; undefined names are our fault and fail at once."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "f": Formats(language),
        "language": language,
        "tag": TAGS[language],
        "tone": tone,
        "word": lambda key: word(key, language),
        "in_words": lambda line: in_words(line, language),
    }
    return made


def compile_all() -> None:
    """Compile every template in every language, before the first reader waits for it."""
    for language in TAGS:
        made = environment(language)
        for name in made.list_templates():
            made.get_template(name)


def page(
    request: Request,
    template: str,
    principal: Principal | None = None,
    *,
    notice: Notice | None = None,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - what a template shows is its own affair
) -> HTMLResponse:
    """Answer with a page in the reader's language."""
    shared = {
        "path": request.url.path,
        "query": request.url.query,
        "principal": principal,
        "sections": sections_of(principal),
        "token": form_token(request),
        "notice": notice,
    }
    text = environment(language_of_page(request)).get_template(template).render(shared | context)
    return HTMLResponse(text, status)


def sentence(request: Request, text: str, **facts: object) -> str:
    """Write a marked text in the reader's language, with its facts filled in."""
    return str(translations(language_of_page(request)).gettext(text)).format(**facts)
