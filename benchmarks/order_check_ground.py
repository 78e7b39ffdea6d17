"""The ground of the order-check benchmark: 100,000 buyers with limits and usual exporters, and covers of the past."""

import psycopg

BUYERS, EXPORTERS, USUAL = 100_000, 5_000, 5
LIMIT_CENTS = 10**12

_GROUND = f"""
INSERT INTO ledger.directory
SELECT 'b' || g, 'b' || g, (ARRAY['DE','US','GB','FR','IT','ES','NL','PL','AE','SA','IN','BR','MX','CL','ZA','EG','KE',
    'VN','TH','MY'])[1 + g % 20] FROM generate_series(1, {BUYERS}) g;
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, policy_version, recorded_by)
SELECT 'b' || g, {LIMIT_CENTS}, 'approved', 'model', '2020-01-01', '2024-current', 'bench'
FROM generate_series(1, {BUYERS}) g;
INSERT INTO ledger.relations
SELECT 'b' || g, 'e' || (g * 7 + k * 131) % {EXPORTERS}, '2020-01-01'
FROM generate_series(1, {BUYERS}) g, generate_series(0, {USUAL - 1}) k ON CONFLICT DO NOTHING;
INSERT INTO ledger.buyer_exposures SELECT 'b' || g, 0, 10000000 FROM generate_series(1, {BUYERS}) g;
INSERT INTO ledger.exporter_exposures SELECT 'e' || g, 0 FROM generate_series(0, {EXPORTERS - 1}) g;
"""

# Covers given in former years and settled since: they are in every index that a check touches, and in no exposure.
_PAST = f"""
WITH numbered AS (SELECT nextval('ledger.cover_ids') AS id, g FROM generate_series(1, %(covers)s) g),
given AS (
    INSERT INTO ledger.decisions
    SELECT 'past-' || n.g, 'e' || (n.g * 7) %% {EXPORTERS}, 'b' || 1 + n.g %% {BUYERS}, 1000, 'USD', 60, false,
        'covered', n.id, 1000, 1000, 4500, at + interval '30 days', '{{within_limit}}', at, 1000, 1000, 1, at::date,
        '2020-launch', 'b' || 1 + n.g %% {BUYERS}, 'DE', NULL, {LIMIT_CENTS}, 'approved', NULL, NULL, 4000000000,
        {LIMIT_CENTS}, 100000000, 4000000000, 50000000000, 0, 10000000, 'bench'
    FROM numbered n, LATERAL (SELECT timestamptz '2021-01-01 00:00+00' + n.g * interval '9 seconds' AS at) t
    RETURNING cover_id, identity_id, decided_at
)
INSERT INTO ledger.entries
SELECT g.cover_id, e.seq, e.event, e.event_id || g.cover_id, g.identity_id, e.cents, e.cents, g.decided_at::date,
    NULL, 'bench', g.decided_at + (e.seq - 1) * interval '1 day'
FROM given g,
    (VALUES (1::smallint, 'reserve', NULL, 1000), (2::smallint, 'release', 'r', -1000)) e (seq, event, event_id, cents)
"""


def lay(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Enter buyers, limits and relations into a migrated database."""
    connection.execute(_GROUND)
    connection.execute("VACUUM (ANALYZE)")


def lay_past(connection: psycopg.Connection[tuple[object, ...]], covers: int) -> None:
    """Enter covers of the past, with what happened to them."""
    connection.execute("SET session_replication_role = replica")  # the past is laid down, not lived: no audit of it
    connection.execute(_PAST, {"covers": covers})
    connection.execute("RESET session_replication_role")
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")
