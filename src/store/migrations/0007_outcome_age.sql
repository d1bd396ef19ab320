-- Retention looks for the oldest outcomes that still have a name; a mark of its own, since a caller
-- may begin a conversation's name with the same word as the name that an erasure leaves.
ALTER TABLE outcomes ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));

UPDATE outcomes SET erased = 1
WHERE conversation_id GLOB 'erased *' AND length(conversation_id) = 23;

CREATE INDEX outcomes_by_age ON outcomes (at_ms) WHERE erased = 0;
