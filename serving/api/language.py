"""Which language a request prefers: Chinese or English."""

from fastapi import Request

from models.reasons import Audience, Language, Reason
from serving.api.messages import ReasonText


def language_of(request: Request) -> Language:
    """Choose by `Accept-Language`: the first of Chinese and English by weight; English where neither is named."""
    header = request.headers.get("accept-language")
    if not header:
        return "en"
    best: Language = "en"
    best_weight = 0.0
    for part in header.lower().split(","):
        tag, _, weight_text = part.strip().partition(";q=")
        try:
            weight = float(weight_text) if weight_text else 1.0
        except ValueError:
            continue  # a weight that is none: the tag is as if it were not there
        primary = tag.split("-")[0]
        if weight > best_weight and primary in ("zh", "en"):
            best, best_weight = ("zh" if primary == "zh" else "en"), weight
    return best


def written(reasons: list[Reason], language: Language, audience: Audience) -> list[ReasonText]:
    """Write reasons out for whoever reads them."""
    return [ReasonText.model_construct(code=reason.code, text=reason.text(language, audience)) for reason in reasons]
