-- What the buyer pays before its claim is decided lowers the loss that may be recovered. Once it did not: recoveries were
-- bounded by the loss claimed. Those that pass what was left came in and stand; verification knows them by this list, and
-- none is added to it.
CREATE TABLE ledger.recovered_over_loss (
    cover_id bigint NOT NULL,
    seq integer NOT NULL,
    PRIMARY KEY (cover_id, seq)
);
INSERT INTO ledger.recovered_over_loss (cover_id, seq)
SELECT life.cover_id, life.seq
FROM (
    SELECT e.cover_id, e.seq, e.event,
        sum(m.minor) FILTER (WHERE e.event = 'recovery') OVER so_far AS recovered,
        sum(m.minor) FILTER (WHERE e.event = 'ship') OVER so_far
            - coalesce(sum(m.minor) FILTER (WHERE e.event = 'settle') OVER so_far, 0) AS owed
    FROM ledger.entries e
    CROSS JOIN LATERAL (SELECT (e.details ->> 'amount_minor')::bigint AS minor) m
    WHERE EXISTS (SELECT FROM ledger.entries r WHERE r.cover_id = e.cover_id AND r.event = 'recovery')
    WINDOW so_far AS (PARTITION BY e.cover_id ORDER BY e.seq)
) life
CROSS JOIN LATERAL (
    SELECT (c.details ->> 'loss_minor')::bigint AS minor FROM ledger.entries c
    WHERE c.cover_id = life.cover_id AND c.event = 'claim' AND c.seq < life.seq ORDER BY c.seq DESC LIMIT 1
) loss
WHERE life.event = 'recovery' AND life.recovered > least(loss.minor, life.owed);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.recovered_over_loss
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
