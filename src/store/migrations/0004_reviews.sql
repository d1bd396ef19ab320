-- How a label came about, whether its giver saw the suggestion, and how probable it was that
-- anybody would look: what may be concluded from labels depends on all three.
ALTER TABLE reviews ADD COLUMN source TEXT NOT NULL DEFAULT 'agent'
    CHECK (source IN ('agent', 'audit'));
ALTER TABLE reviews ADD COLUMN shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1));
ALTER TABLE reviews ADD COLUMN observed REAL CHECK (observed > 0 AND observed <= 1);

-- What became of a conversation; one row each, later values win. It may come before the decision.
CREATE TABLE outcomes (
    conversation_id TEXT    NOT NULL PRIMARY KEY,
    at_ms           INTEGER NOT NULL,
    payload         TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
