-- The policies that were put in force from the service, each with the one that it replaced: what a
-- roll back goes back to. Append-only; a text is kept once for each time it was saved.
CREATE TABLE policies (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   INTEGER NOT NULL,
    version TEXT    NOT NULL,
    digest  BLOB    NOT NULL CHECK (length(digest) = 32),
    -- 'saved' by a person; 'found' in its file when a person replaced it.
    origin  TEXT    NOT NULL CHECK (origin IN ('saved', 'found')),
    by      TEXT,
    note    TEXT,
    text    TEXT    NOT NULL,
    CHECK ((origin = 'saved') = (by IS NOT NULL))
) STRICT;

CREATE TRIGGER policies_stay BEFORE UPDATE ON policies
BEGIN SELECT RAISE(ABORT, 'a policy that was in force is never changed'); END;

CREATE TRIGGER policies_are_kept BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'a policy that was in force is never deleted'); END;
