-- Models: what the registry said last, who wants another version in use, and how the champion's population moved.
CREATE SCHEMA models;

-- The registry's last answer, so that pages need not ask it: versions, champion, history.
CREATE TABLE models.reading (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    told jsonb NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Reports and judgements never change, so they are asked for once; a run is the registry's name for a training.
CREATE TABLE models.reports (
    run_id text PRIMARY KEY,
    html text -- none where the training wrote none
);
CREATE TABLE models.judgements (
    run_id text NOT NULL,
    against_run_id text NOT NULL, -- the champion's; empty where there was none
    told jsonb NOT NULL,
    judged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_id, against_run_id)
);

-- Slow work that somebody asked for; any server process does it, one at a time.
CREATE TABLE models.work (
    work text PRIMARY KEY CHECK (work IN ('read', 'drift', 'change')),
    asked_at timestamptz,
    asked_by text,
    ended_at timestamptz,
    fault text -- why the last try failed; none where it went well
);
INSERT INTO models.work (work) VALUES ('read'), ('drift'), ('change');

-- Looks for drift: figures and verdicts as they were found.
CREATE TABLE models.looks (
    look_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    told jsonb NOT NULL,
    asked_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON models.looks
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Another version is wanted in use; `judged` holds the gates as they stood when it was asked for.
CREATE TABLE models.changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL, -- the asker's key; the same again changes nothing
    kind text NOT NULL CHECK (kind IN ('promote', 'roll_back')),
    version text NOT NULL,
    champion text,
    is_override boolean NOT NULL,
    reason text NOT NULL,
    judged jsonb,
    asked_by text NOT NULL,
    asked_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (asked_by, event_id)
);

-- What was said of a change, in turn, by persons and then by the service that carried it out.
CREATE TABLE models.words (
    change_id bigint NOT NULL REFERENCES models.changes,
    place smallint NOT NULL CHECK (place >= 1),
    status text NOT NULL CHECK (status IN ('confirmed', 'declined', 'withdrawn', 'in_use', 'failed', 'superseded')),
    reason text NOT NULL,
    said_by text NOT NULL,
    said_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, place)
);

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON models.changes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON models.words
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Four eyes, whatever the program does: nobody confirms what they asked for, and nothing takes effect unconfirmed.
CREATE FUNCTION models.hold_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'confirmed' AND EXISTS (
        SELECT FROM models.changes c WHERE c.change_id = NEW.change_id AND c.asked_by = NEW.said_by) THEN
        RAISE EXCEPTION '% may not confirm change % as well', NEW.said_by, NEW.change_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'in_use' AND NOT EXISTS (
        SELECT FROM models.words w WHERE w.change_id = NEW.change_id AND w.status = 'confirmed') THEN
        RAISE EXCEPTION 'change % was confirmed by nobody', NEW.change_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER four_eyes BEFORE INSERT ON models.words FOR EACH ROW EXECUTE FUNCTION models.hold_four_eyes();
