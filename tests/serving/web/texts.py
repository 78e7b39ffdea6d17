"""Every text of the console that is marked for translation, found as Babel finds them."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

import serving.web

ROOT = Path(serving.web.__file__).parent
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]


def texts_of_console() -> set[str]:
    found = extract_from_dir(ROOT, _METHODS, options_map={"templates/**.html": {"silent": "false"}})
    return {text[0] if isinstance(text, tuple) else text for _, _, text, _, _ in found}
