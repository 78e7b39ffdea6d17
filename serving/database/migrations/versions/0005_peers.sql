-- Sums over the past year of all buyers' orders as known on a day, kept so that one buyer's features can be told
-- without reading the whole book; features/sql/recorded/NAME.sql says what is in each. And the rates that amounts meet at.
CREATE SCHEMA peers;

CREATE TABLE peers.usd_rates (
    currency text NOT NULL,
    day date NOT NULL,
    usd_cents_per_minor numeric(18, 12) NOT NULL,
    PRIMARY KEY (currency, day)
);

CREATE TABLE peers.pairs (
    day integer NOT NULL, -- days since 1970-01-01, here and below
    buyer_id text NOT NULL,
    exporter_id text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    PRIMARY KEY (buyer_id, exporter_id, day)
);

CREATE TABLE peers.buyers (
    day integer NOT NULL,
    buyer_id text NOT NULL,
    country text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    serious bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    notices bigint NOT NULL,
    PRIMARY KEY (buyer_id, day)
);

CREATE TABLE peers.exporters (
    day integer NOT NULL,
    exporter_id text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    PRIMARY KEY (exporter_id, day)
);

CREATE TABLE peers.countries (
    day integer NOT NULL,
    country text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    serious bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    notices bigint NOT NULL,
    PRIMARY KEY (country, day)
);

CREATE TABLE peers.book (
    day integer PRIMARY KEY,
    due bigint NOT NULL,
    late bigint NOT NULL,
    serious bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    notices bigint NOT NULL
);
