"""The README's table of settings, written from their definition: `python -m serving.reference`."""

from pathlib import Path

from pydantic import SecretStr

from serving.settings import Settings

PAGE = Path(__file__).parents[1] / "README.md"
FIRST, LAST = "<!-- settings: written by `python -m serving.reference` -->\n", "<!-- end of settings -->\n"


def table() -> str:
    """Write the table."""
    rows = [
        f"| `BOLANGGU_{name.upper()}` | {_told(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows, ""])


def renewed(page: str) -> str:
    """Put the table into a page, between its marks."""
    before, _, rest = page.partition(FIRST)
    _, _, after = rest.partition(LAST)
    return f"{before}{FIRST}{table()}{LAST}{after}"


def _told(default: object) -> str:
    assert not isinstance(default, SecretStr), "no secret has a default"
    return "" if default is None else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
