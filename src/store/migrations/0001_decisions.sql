-- Marks the file as Baton's ("BATN"), so that another program's database is never written to.
PRAGMA application_id = 1111577678;

-- One row per decision, append-only. `seq` is the place in the hash chain, without gaps.
-- The facts stay for ever; what is personal stands in the last four columns and goes on erasure.
CREATE TABLE decisions (
    seq             INTEGER PRIMARY KEY CHECK (seq > 0),
    id              TEXT    NOT NULL UNIQUE,
    at_ms           INTEGER NOT NULL,
    mode            TEXT    NOT NULL,
    band            TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    tier            INTEGER NOT NULL,
    role            TEXT    NOT NULL,
    intent          TEXT,
    confidence      REAL    NOT NULL,
    reviewed        INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1)),
    erased          INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    payload_digest  BLOB    NOT NULL CHECK (length(payload_digest) = 32),
    chain           BLOB    NOT NULL CHECK (length(chain) = 32),
    conversation_id TEXT    CHECK ((conversation_id IS NULL) = erased),
    customer_id     TEXT    CHECK (customer_id IS NULL OR erased = 0),
    salt            BLOB    CHECK ((salt IS NULL) = erased),
    payload         TEXT    CHECK ((payload IS NULL) = erased)
) STRICT;

CREATE INDEX decisions_by_conversation ON decisions (conversation_id, seq)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX decisions_by_customer ON decisions (customer_id, seq)
    WHERE customer_id IS NOT NULL;

-- Every listing is answered from one of these alone: they hold all facts that a filter may name,
-- so no scan ever reads a payload.
CREATE INDEX decisions_by_seq ON decisions (seq, at_ms, reviewed, erased);
CREATE INDEX decisions_by_intent
    ON decisions (intent, seq, at_ms, band, tier, role, reviewed, erased);
CREATE INDEX decisions_by_role
    ON decisions (role, seq, at_ms, band, tier, intent, reviewed, erased);
CREATE INDEX decisions_by_tier
    ON decisions (tier, seq, at_ms, band, role, intent, reviewed, erased);
CREATE INDEX decisions_by_band
    ON decisions (band, seq, at_ms, tier, role, intent, reviewed, erased);
CREATE INDEX decisions_by_review
    ON decisions (seq, at_ms, band, tier, role, intent, reviewed, erased)
    WHERE reviewed = 1;

CREATE TRIGGER decisions_are_never_deleted BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only: erase instead of deleting');
END;

CREATE TRIGGER decisions_are_never_replaced BEFORE INSERT ON decisions
WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM decisions)
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only: this place is taken');
END;

-- Two changes are allowed: erasure, and the mark that a review has come in.
CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
WHEN NOT (
    NEW.seq = OLD.seq AND NEW.id = OLD.id AND NEW.at_ms = OLD.at_ms AND NEW.mode = OLD.mode
    AND NEW.band = OLD.band AND NEW.action = OLD.action AND NEW.tier = OLD.tier
    AND NEW.role = OLD.role AND NEW.intent IS OLD.intent AND NEW.confidence = OLD.confidence
    AND NEW.payload_digest = OLD.payload_digest AND NEW.chain = OLD.chain
    AND NEW.reviewed >= OLD.reviewed
    AND (
        (NEW.erased = 1 AND OLD.erased = 0)
        OR (
            NEW.erased = OLD.erased AND NEW.conversation_id IS OLD.conversation_id
            AND NEW.customer_id IS OLD.customer_id AND NEW.salt IS OLD.salt
            AND NEW.payload IS OLD.payload
        )
    )
)
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only: only erasure may change one');
END;

-- Where the chain ends, so that a tail that was cut off is missed.
CREATE TABLE chain_head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    records INTEGER NOT NULL,
    digest  BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT;

INSERT INTO chain_head (one, records, digest) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER chain_head_is_never_deleted BEFORE DELETE ON chain_head
BEGIN
    SELECT RAISE(ABORT, 'the chain has one head');
END;

CREATE TRIGGER chain_head_only_moves_on BEFORE UPDATE ON chain_head
WHEN NEW.records <= OLD.records
BEGIN
    SELECT RAISE(ABORT, 'the head of the chain only moves on');
END;

-- Requests that were answered, so that the same request has one effect; never the key itself.
CREATE TABLE idempotency_keys (
    key_digest  BLOB    PRIMARY KEY CHECK (length(key_digest) = 32),
    body_digest BLOB    NOT NULL CHECK (length(body_digest) = 32),
    decision_id TEXT    NOT NULL REFERENCES decisions (id),
    at_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (at_ms);
CREATE INDEX idempotency_keys_by_decision ON idempotency_keys (decision_id);

-- What agents said of a decision; one row per reviewer.
CREATE TABLE reviews (
    decision_id TEXT    NOT NULL REFERENCES decisions (id),
    reviewer    TEXT    NOT NULL,
    verdict     TEXT    NOT NULL CHECK (verdict IN ('accepted', 'overridden')),
    tier        INTEGER,
    role        TEXT,
    intent      TEXT,
    note        TEXT,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (decision_id, reviewer)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER reviews_mark_the_decision AFTER INSERT ON reviews
BEGIN
    UPDATE decisions SET reviewed = 1 WHERE id = NEW.decision_id AND reviewed = 0;
END;
