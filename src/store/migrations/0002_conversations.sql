-- What a conversation is remembered by between two requests: digests and flags of its messages,
-- the episode, the open handoff. No text. `version` lets two writers notice each other.
CREATE TABLE conversations (
    conversation_id  TEXT    PRIMARY KEY,
    customer_id      TEXT,
    version          INTEGER NOT NULL CHECK (version > 0),
    at_ms            INTEGER NOT NULL,
    waiting_since_ms INTEGER,
    waiting_severity TEXT    CHECK ((waiting_severity IS NULL) = (waiting_since_ms IS NULL)),
    memory           TEXT    NOT NULL
) STRICT;

CREATE INDEX conversations_by_customer ON conversations (customer_id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX conversations_by_time ON conversations (at_ms);
CREATE INDEX conversations_waiting ON conversations (waiting_since_ms, waiting_severity)
    WHERE waiting_since_ms IS NOT NULL;

-- What people did with a handed-off conversation. After an erasure the row stays to be counted.
CREATE TABLE conversation_events (
    seq             INTEGER PRIMARY KEY,
    conversation_id TEXT,
    episode         INTEGER NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('acknowledged', 'released')),
    at_ms           INTEGER NOT NULL,
    by_whom         TEXT
) STRICT;

CREATE INDEX conversation_events_by_conversation ON conversation_events (conversation_id)
    WHERE conversation_id IS NOT NULL;
