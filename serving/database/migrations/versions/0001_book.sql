-- The book of record: the canonical tables, the same columns as features/book/tables.py defines.
-- A row that changes comes again under its key with its own recorded_at; nothing is updated in place.
CREATE SCHEMA book;

CREATE TABLE book.exporters (
    exporter_id text NOT NULL,
    name text NOT NULL,
    registered_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- Two spellings may be recorded at once, so a version is named by all that it says.
    UNIQUE (exporter_id, recorded_at, name, registered_on)
);

CREATE TABLE book.buyers (
    buyer_id text NOT NULL,
    name text NOT NULL,
    country text NOT NULL,
    registration_no text,
    recorded_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (buyer_id, recorded_at, name, country, registration_no)
);

CREATE TABLE book.orders (
    order_id text NOT NULL,
    exporter_id text NOT NULL,
    buyer_id text NOT NULL,
    ordered_on date NOT NULL,
    shipped_on date,
    due_on date NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    category text,
    customs_no text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, recorded_at)
);
CREATE INDEX orders_by_buyer ON book.orders (buyer_id, recorded_at);
CREATE INDEX orders_by_exporter ON book.orders (exporter_id, recorded_at);

CREATE TABLE book.payments (
    payment_id text NOT NULL,
    order_id text NOT NULL,
    paid_on date NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, recorded_at)
);
CREATE INDEX payments_by_order ON book.payments (order_id, recorded_at);

CREATE TABLE book.overdue_notices (
    order_id text NOT NULL,
    reported_on date NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, reported_on, recorded_at)
);

CREATE TABLE book.claims (
    claim_id text NOT NULL,
    order_id text NOT NULL,
    filed_on date NOT NULL,
    loss_minor bigint NOT NULL CHECK (loss_minor >= 0),
    currency text NOT NULL,
    has_orders boolean NOT NULL,
    has_customs boolean NOT NULL,
    has_communications boolean NOT NULL,
    decided_on date,
    outcome text CHECK (outcome IN ('accepted', 'rejected', 'withdrawn')),
    compensated_minor bigint CHECK (compensated_minor >= 0),
    recovered_minor bigint CHECK (recovered_minor >= 0),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (claim_id, recorded_at)
);
CREATE INDEX claims_by_order ON book.claims (order_id, recorded_at);

CREATE TABLE book.country_risk (
    country text NOT NULL,
    effective_from date NOT NULL,
    risk_class smallint CHECK (risk_class BETWEEN 0 AND 7),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (country, effective_from, recorded_at)
);
