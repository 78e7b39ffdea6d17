"""Entity tags: a reader that has the newest state already is told so in a line."""

import hashlib
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "What `If-None-Match` names is still so"}}


def tagged(request: Request, answer: BaseModel, ignored: frozenset[str] = frozenset()) -> Response:
    """Answer with a tag of the content, or with 304 where the request has that content.

    Args:
        request: its `If-None-Match` names what the reader has.
        answer: the content.
        ignored: fields that change with the clock and say nothing new.
    """
    said = answer.model_dump_json(exclude=set(ignored)) + request.headers.get("accept-language", "")
    tag = f'W/"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Vary": "Accept-Language", "Cache-Control": "private, no-cache"}
    held = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if tag in held:
        return Response(status_code=304, headers=headers)
    return Response(answer.model_dump_json(), media_type="application/json", headers=headers)
