-- What the decisions of an hour add up to, written together with each of them: counts as JSON, the
-- sum of the conversations' vectors as 64-bit integers, least byte first. No text.
-- `channel` is empty where the caller did not name one.
CREATE TABLE sums (
    hour_ms INTEGER NOT NULL CHECK (hour_ms % 3600000 = 0),
    model   TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    counts  TEXT    NOT NULL,
    vector  BLOB    NOT NULL CHECK (length(vector) % 8 = 0),
    PRIMARY KEY (hour_ms, model, channel)
) STRICT;

-- Whether the promise about automatic decisions holds; written together with what moved it.
-- `since_ms`: when it was given. `settled_seq`: decisions up to this place of the chain have been
-- counted as overridden or not.
CREATE TABLE contract (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    since_ms    INTEGER NOT NULL,
    settled_seq INTEGER NOT NULL,
    state       TEXT    NOT NULL
) STRICT;

-- An audit, and a rating, counts once, however often it is corrected.
ALTER TABLE reviews ADD COLUMN counted INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1));
