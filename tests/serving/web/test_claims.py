"""The page of a claim offers what may be done with that claim, not with another on its cover."""

from serving.access.principal import Principal
from serving.ledger.claims import decide_claim
from serving.ledger.events import ClaimDecision
from tests.serving.desk.desks import on_pool
from tests.serving.limits.living_book import TODAY, claim, happen, shipped_cover

LI = Principal("li", "underwriter")


def decide(url, claim_id, event_id, outcome):
    said = ClaimDecision.model_validate({"event_id": event_id, "outcome": outcome, "decided_on": TODAY})
    on_pool(url, lambda pool: decide_claim(pool, LI, claim_id, said))


def test_a_withdrawn_claims_page_decides_nothing_and_takes_no_money(database, reader):
    cover = shipped_cover(database, "b001")
    happen(database, cover, claim("CL-1"))
    decide(database, "CL-1", "w", "withdrawn")
    happen(database, cover, claim("CL-2"))
    assert reader.sign_in("underwriter").status_code == 303
    form = 'action="/claims/{}/{}"'
    assert form.format("CL-2", "decision") in reader.get("/claims/CL-2").text
    assert form.format("CL-1", "decision") not in reader.get("/claims/CL-1").text
    decide(database, "CL-2", "d", "accepted")
    assert form.format("CL-2", "recoveries") in reader.get("/claims/CL-2").text
    assert form.format("CL-1", "recoveries") not in reader.get("/claims/CL-1").text
