-- By country, orders that fell due within a time before the last run and within as long a time before that; `late` are
-- those of them that were not paid in time. The windows stand in `serving/book/peers.py`.
CREATE TABLE peers.lateness (
    country text PRIMARY KEY,
    due integer NOT NULL,
    late integer NOT NULL CHECK (late BETWEEN 0 AND due),
    due_before integer NOT NULL,
    late_before integer NOT NULL CHECK (late_before BETWEEN 0 AND due_before)
);
