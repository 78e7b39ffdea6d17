-- Sums over the past year of all buyers' orders as known on a day, kept so that one buyer's features can be told
-- without reading the whole book; features/sql/NAME.sql says how each is summed. And the rates that amounts meet at.
CREATE SCHEMA peers;

CREATE TABLE peers.usd_rates (
    currency text NOT NULL,
    day date NOT NULL,
    usd_cents_per_minor numeric(18, 12) NOT NULL,
    PRIMARY KEY (currency, day)
);

CREATE TABLE peers.pair_days (
    day integer NOT NULL, -- days since 1970-01-01, here and below
    buyer_id text NOT NULL,
    exporter_id text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    PRIMARY KEY (buyer_id, exporter_id, day)
);

CREATE TABLE peers.buyer_record (
    day integer NOT NULL,
    buyer_id text NOT NULL,
    country text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    serious bigint NOT NULL,
    notices bigint NOT NULL,
    PRIMARY KEY (buyer_id, day)
);

CREATE TABLE peers.exporter_record (
    day integer NOT NULL,
    exporter_id text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    PRIMARY KEY (exporter_id, day)
);

CREATE TABLE peers.country_record (
    day integer NOT NULL,
    country text NOT NULL,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    serious bigint NOT NULL,
    notices bigint NOT NULL,
    PRIMARY KEY (country, day)
);

CREATE TABLE peers.book_record (
    day integer PRIMARY KEY,
    due bigint NOT NULL,
    late bigint NOT NULL,
    disputes bigint NOT NULL,
    claims bigint NOT NULL,
    serious bigint NOT NULL,
    notices bigint NOT NULL
);
