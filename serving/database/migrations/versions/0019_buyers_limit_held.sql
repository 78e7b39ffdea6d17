-- Keep others from moving the limit of a buyer's identity until this transaction ends.
--
-- Who holds it is first in the order of locks: limits before covers before counters (see 0014). So an event is recorded,
-- and gets its instant, only once whoever weighs or decides the limit has finished: each sees all of the other or comes
-- wholly before it. Order checks move no limit and do not ask for it.
--
-- A merge may take the buyer to be another while the lock is waited for; then that one's limit is held as well. From there
-- on nobody can: a merge holds the limits of both before all else.
CREATE FUNCTION ledger.hold_buyers_limit(p_buyer_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    identity text;
    held text;
BEGIN
    LOOP
        identity := coalesce(
            (SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = p_buyer_id), p_buyer_id);
        EXIT WHEN identity = held;
        PERFORM ledger.hold_limit(identity);
        held := identity;
    END LOOP;
END
$$;
