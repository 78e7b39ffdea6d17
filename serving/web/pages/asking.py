"""Forms of the desk read into what its use cases take, with faults told in words."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.datastructures import FormData

from features.errors import CallerError
from features.money import USD, Money
from serving.desk.asks import Ask, LimitRequest, Override, Restore, Ruling, Suspend
from serving.desk.notes import Note
from serving.ledger.events import ClaimDecision, Recovery
from serving.limits.trials.asks import ComparisonAsk, PreviewAsk, ReleaseAsk
from serving.models.changes import ChangeAsk, ChangeWord, PromotionAsk
from serving.whitelist.standing import StandingWord

T = TypeVar("T")
# What a comparison's form calls the policy that is not on file.
ON_TRIAL = "on trial"


def ask_of(form: FormData) -> Ask:
    """Read what a buyer's page asks of the desk.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    kinds: Mapping[str, Callable[[], Ask]] = {
        "limit_request": lambda: LimitRequest.model_validate(
            _common(form) | {"request": _text(form, "request"), "amount_minor": _asked_cents(form)}
        ),
        "override": lambda: Override.model_validate(
            _common(form) | {"amount_minor": cents_of(form, "amount"), "valid_to": day_of(form, "valid_to")}
        ),
        "suspend": lambda: Suspend.model_validate(_common(form)),
        "restore": lambda: Restore.model_validate(_common(form)),
    }
    kind = _text(form, "kind")
    if kind not in kinds:
        raise CallerError("kind", kind, "is none that a page asks", "open the buyer's page again")
    return _read(kinds[kind])


def ruling_of(form: FormData) -> Ruling:
    """Read what is said of a proposal; amount and end only where they are other than proposed.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    said: dict[str, Any] = {"verdict": _text(form, "verdict"), "reason": _text(form, "reason")}
    if said["verdict"] == "approved":
        if _text(form, "amount") != _text(form, "amount_asked"):
            said["amount_minor"] = cents_of(form, "amount")
        if _text(form, "valid_to") != _text(form, "valid_to_asked"):
            said["valid_to"] = day_of(form, "valid_to")
    return _read(lambda: Ruling.model_validate(said))


def standing_word_of(form: FormData) -> StandingWord:
    """Read what is said of an exporter's standing.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    said = _common(form) | {"verdict": _text(form, "verdict")}
    return _read(lambda: StandingWord.model_validate(said))


def note_of(form: FormData) -> Note:
    """Read a note.

    Raises:
        CallerError: it is too short or too long.
    """
    return _read(lambda: Note.model_validate({"event_id": _text(form, "event_id"), "text": _text(form, "reason")}))


def promotion_ask_of(form: FormData) -> PromotionAsk:
    """Read who wants a version in use, and whether over a failed gate.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    asked = _common(form) | {"override": _text(form, "override") == "yes"}
    return _read(lambda: PromotionAsk.model_validate(asked))


def change_ask_of(form: FormData) -> ChangeAsk:
    """Read who wants to go back.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    return _read(lambda: ChangeAsk.model_validate(_common(form)))


def change_word_of(form: FormData) -> ChangeWord:
    """Read what is said of a change of the model in use.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    said = {"verdict": _text(form, "verdict"), "reason": _text(form, "reason")}
    return _read(lambda: ChangeWord.model_validate(said))


def preview_ask_of(form: FormData) -> PreviewAsk:
    """Read what asks for the preview of a limit run.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    return _read(lambda: PreviewAsk.model_validate({"event_id": _text(form, "event_id")}))


def release_ask_of(form: FormData) -> ReleaseAsk:
    """Read what releases a limit run.

    Raises:
        CallerError: the reason is too short or too long.
    """
    return _read(lambda: ReleaseAsk(reason=_text(form, "reason")))


def comparison_ask_of(form: FormData, uploaded: str) -> ComparisonAsk:
    """Read which two policies are to be compared; `uploaded` is the text of a file, where one was sent.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    on_trial = {"text": uploaded or _text(form, "text")}
    chosen = {
        name: on_trial if _text(form, name) == ON_TRIAL else {"version": _text(form, name)}
        for name in ("policy", "against")
    }
    return _read(lambda: ComparisonAsk.model_validate({"event_id": _text(form, "event_id"), **chosen}))


def claim_decision_of(form: FormData) -> ClaimDecision:
    """Read the decision of a claim; it is made today.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    said = _common(form) | {"outcome": _text(form, "outcome"), "decided_on": datetime.now(UTC).date()}
    return _read(lambda: ClaimDecision.model_validate(said))


def recovery_of(form: FormData, currency: str) -> Recovery:
    """Read what was recovered of a claim's loss.

    Raises:
        CallerError: a field is missing or not what it should be.
    """
    received_on = day_of(form, "received_on")
    amount = Money.parse(_text(form, "amount") or "-", currency).minor
    said = {"event_id": _text(form, "event_id"), "amount_minor": amount, "received_on": received_on}
    return _read(lambda: Recovery.model_validate(said))


def cents_of(form: FormData, name: str) -> int:
    """Read an amount that was typed in dollars.

    Raises:
        CallerError: it is no amount of US dollars.
    """
    return Money.parse(_text(form, name).lstrip("$").strip() or "-", USD).minor


def day_of(form: FormData, name: str) -> date:
    """Read a day.

    Raises:
        CallerError: it is none.
    """
    try:
        return date.fromisoformat(_text(form, name))
    except ValueError as error:
        raise CallerError("day", _text(form, name), "is no day", "choose one, as in 2027-01-31") from error


def dollars(cents: int | None) -> str:
    """Write US cents as they are typed into a field."""
    return "" if cents is None else f"{Decimal(cents).scaleb(-2).normalize():f}"


def _asked_cents(form: FormData) -> int | None:
    return None if _text(form, "request") == "cancel" else cents_of(form, "amount")


def _common(form: FormData) -> dict[str, str]:
    return {"event_id": _text(form, "event_id"), "reason": _text(form, "reason")}


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0]) if fault["loc"] else "form"
        raise CallerError(name, None, str(fault["msg"]), "mend it and send the form again") from error
