-- People who sign in to the console. What they do there is in the ledger and its audit; here is only who they are now.
CREATE SCHEMA accounts;

-- Accounts that this program keeps itself; people of an OpenID provider have none.
CREATE TABLE accounts.accounts (
    name text PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('underwriter', 'senior', 'modeller', 'auditor')),
    password_hash text NOT NULL, -- argon2id, with its parameters and salt
    failures integer NOT NULL DEFAULT 0, -- wrong passwords since the last right one
    locked_until timestamptz,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Who is signed in. The browser holds the token, this table only its SHA-256.
CREATE TABLE accounts.sessions (
    token_sha256 bytea PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('underwriter', 'senior', 'modeller', 'auditor')),
    is_local boolean NOT NULL, -- of an account above, not of an OpenID provider
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_name ON accounts.sessions (name);
