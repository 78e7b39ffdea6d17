-- name: add_account
-- Add an account; one of that name stays as it is.
INSERT INTO accounts.accounts (name, role, password_hash) VALUES (%(name)s, %(role)s, %(password_hash)s)
ON CONFLICT (name) DO NOTHING RETURNING name

-- name: change_account
-- Give an account another role or password, and open it again.
UPDATE accounts.accounts SET role = coalesce(%(role)s, role), password_hash = coalesce(%(password_hash)s, password_hash),
    failures = 0, locked_until = NULL, disabled_at = NULL
WHERE name = %(name)s RETURNING name

-- name: disable_account
-- Close an account.
UPDATE accounts.accounts SET disabled_at = clock_timestamp() WHERE name = %(name)s RETURNING name

-- name: list_accounts
-- All accounts, by name.
SELECT name, role,
    CASE WHEN disabled_at IS NOT NULL THEN 'closed' WHEN locked_until > %(now)s THEN 'locked' ELSE 'open' END AS state
FROM accounts.accounts ORDER BY name

-- name: account_to_try
-- Count a try against an account before its password is looked at, so that tries at once cannot outrun the lock.
UPDATE accounts.accounts SET
    failures = CASE WHEN locked_until <= %(now)s THEN 1 ELSE failures + 1 END,
    locked_until = CASE
        WHEN (CASE WHEN locked_until <= %(now)s THEN 1 ELSE failures + 1 END) >= %(most)s
        THEN %(now)s::timestamptz + make_interval(secs => %(locked_s)s) END
WHERE name = %(name)s AND disabled_at IS NULL AND (locked_until IS NULL OR locked_until <= %(now)s)
RETURNING role, password_hash

-- name: password_was_right
-- Forget the tries once the password was right.
UPDATE accounts.accounts SET failures = 0, locked_until = NULL WHERE name = %(name)s

-- name: start_session
-- Start a session.
INSERT INTO accounts.sessions (token_sha256, name, role, is_local, started_at, seen_at)
VALUES (%(token_sha256)s, %(name)s, %(role)s, %(is_local)s, %(now)s, %(now)s)

-- name: see_session
-- Find a live session and note that its reader was here; a closed account, or another role, ends it.
UPDATE accounts.sessions s SET seen_at = %(now)s
WHERE s.token_sha256 = %(token_sha256)s AND s.seen_at > %(now)s::timestamptz - make_interval(secs => %(idle_s)s)
    AND s.started_at > %(now)s::timestamptz - make_interval(secs => %(longest_s)s)
    AND (NOT s.is_local OR EXISTS (
        SELECT FROM accounts.accounts a WHERE a.name = s.name AND a.role = s.role AND a.disabled_at IS NULL))
RETURNING s.name, s.role

-- name: end_session
-- End a session.
DELETE FROM accounts.sessions WHERE token_sha256 = %(token_sha256)s

-- name: end_sessions_of
-- End every session of a local account.
DELETE FROM accounts.sessions WHERE name = %(name)s AND is_local

-- name: forget_sessions
-- Forget sessions that are over.
DELETE FROM accounts.sessions WHERE seen_at <= %(now)s::timestamptz - make_interval(secs => %(idle_s)s)
    OR started_at <= %(now)s::timestamptz - make_interval(secs => %(longest_s)s)
