"""What can be done on a buyer's page: request, override, suspend, restore, note."""

import secrets
from urllib.parse import quote

from fastapi import APIRouter, Response

from serving.api.service import Served
from serving.desk.notes import write_note
from serving.desk.propose import propose
from serving.web.forms import CheckedForm
from serving.web.pages.asking import ask_of, note_of
from serving.web.reader import Reader
from serving.web.said import done

router = APIRouter()


def fresh_key() -> str:
    """Draw the key of a form, so that a form that is sent twice asks once."""
    return f"console-{secrets.token_hex(12)}"


@router.post("/buyers/{buyer_id}/proposals")
async def ask(buyer_id: str, service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Put a request, override, suspension or restoration on the desk."""
    proposal = await propose(service.pool, reader, buyer_id, ask_of(form))
    return done(f"/buyers/{quote(buyer_id, safe='')}", proposal.status)


@router.post("/buyers/{buyer_id}/notes")
async def note(buyer_id: str, service: Served, reader: Reader, form: CheckedForm) -> Response:
    """Keep a note on the buyer."""
    await write_note(service.pool, reader, buyer_id, note_of(form))
    return done(f"/buyers/{quote(buyer_id, safe='')}", "noted")
