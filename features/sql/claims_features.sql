-- Claims and overdue notices on the buyer by anyone.
-- The notice share leans on the book's other buyers (worth 10 orders), the claim share likewise.
SELECT
    e.seat,
    COALESCE(n.notices_365, 0) AS notices_365d,
    (COALESCE(n.notices_365, 0) + 10 * k.book_notice_share) / (COALESCE(x.due, 0) + 10) AS notice_share_365d,
    CAST(n.last_age AS BIGINT) AS days_since_notice,
    COALESCE(c.claims, 0) AS claims_ever,
    COALESCE(x.claims, 0) AS claims_365d,
    (COALESCE(c.claims, 0) + 10 * k.book_claim_share) / (e.concluded + 10) AS claim_share_ever,
    COALESCE(c.undecided, 0) AS claims_undecided,
    COALESCE(c.accepted, 0) AS claims_accepted_ever,
    COALESCE(c.refused, 0) AS claims_refused_ever,
    COALESCE(c.loss_usd, 0) AS claimed_usd_cents_ever,
    CAST(c.last_age AS BIGINT) AS days_since_claim,
    CAST(c.recovered_usd AS DOUBLE) / NULLIF(c.accepted_usd, 0) AS recovered_share_ever,
    CAST(c.documented AS DOUBLE) / c.claims AS documented_claim_share
FROM buyer_ever AS e
JOIN peers AS k ON k.seat = e.seat
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
LEFT JOIN notice_sums AS n ON n.seat = e.seat
LEFT JOIN claim_sums AS c ON c.seat = e.seat
