-- What is watched at a fixed pace, by whichever instance comes first: `version` lets two of them
-- notice each other.
CREATE TABLE vigil (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL CHECK (version > 0),
    state   TEXT    NOT NULL
) STRICT;

-- Alarms that began or ended, each written together with the state that it comes from. No text of
-- a conversation.
CREATE TABLE alarms (
    id      INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    subject TEXT    NOT NULL,
    raised  INTEGER NOT NULL CHECK (raised IN (0, 1)),
    payload TEXT    NOT NULL
) STRICT;

CREATE INDEX alarms_by_time ON alarms (at_ms);

CREATE TRIGGER alarms_are_never_deleted BEFORE DELETE ON alarms
BEGIN
    SELECT RAISE(ABORT, 'alarms are append-only');
END;

CREATE TRIGGER alarms_are_never_changed BEFORE UPDATE ON alarms
BEGIN
    SELECT RAISE(ABORT, 'alarms are append-only');
END;

-- A review counts once, however often it is corrected, and of a decision the first one.
ALTER TABLE reviews ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1));

-- Reviews from before say nothing about the present.
UPDATE reviews SET watched = 1;

CREATE INDEX reviews_unwatched ON reviews (at_ms) WHERE watched = 0;
