-- name: add_key
-- Keep a new key's hash.
INSERT INTO access.keys (name, role, scopes, prefix, secret_sha256, created_by)
VALUES (%(name)s, %(role)s, %(scopes)s, %(prefix)s, %(secret_sha256)s, %(by)s)

-- name: list_keys
-- All keys, live and revoked.
SELECT key_id, name, role, scopes, prefix, created_by, created_at, revoked_by, revoked_at
FROM access.keys ORDER BY key_id

-- name: revoke_key
-- Revoke the live key of a name.
UPDATE access.keys SET revoked_at = clock_timestamp(), revoked_by = %(by)s
WHERE name = %(name)s AND revoked_at IS NULL RETURNING role

-- name: live_key_hash
-- The hash of the live key of a name.
SELECT secret_sha256 FROM access.keys WHERE name = %s AND revoked_at IS NULL

-- name: find_key
-- Whose a key is, by its hash.
SELECT name, role, scopes FROM access.keys WHERE secret_sha256 = %s AND revoked_at IS NULL

-- name: record_act
-- Add an act to the audit trail.
INSERT INTO access.audit (who, role, action, subject, subject_id, before, after, reason)
VALUES (%(who)s, %(role)s, %(action)s, %(subject)s, %(subject_id)s, %(before)s, %(after)s, %(reason)s)

-- name: list_audit
-- A page of the audit trail, newest first; each filter is left out by null.
SELECT audit_id, who, role, action, subject, subject_id, before, after, reason, recorded_at FROM access.audit
WHERE (%(before)s::bigint IS NULL OR audit_id < %(before)s)
    AND (%(who)s::text IS NULL OR who = %(who)s) AND (%(action)s::text IS NULL OR action = %(action)s)
    AND (%(subject)s::text IS NULL OR subject = %(subject)s)
    AND (%(subject_id)s::text IS NULL OR subject_id = %(subject_id)s)
    AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
ORDER BY audit_id DESC LIMIT %(most)s
