-- Which decision of an episode counts: the first that was acted on, else the last. One row per
-- episode; after an erasure the row stays to be counted, without the name.
CREATE TABLE episodes (
    place           INTEGER PRIMARY KEY,
    conversation_id TEXT,
    episode         INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    acted           INTEGER NOT NULL CHECK (acted IN (0, 1)),
    UNIQUE (conversation_id, episode)
) STRICT;

CREATE INDEX episodes_by_decision ON episodes (seq);

-- What is erased already has lost its episode and counts nowhere.
INSERT INTO episodes (conversation_id, episode, seq, acted)
SELECT conversation_id, coalesce(json_extract(payload, '$.standing.episode'), 1), seq,
       action <> 'suggest' OR reviewed
FROM decisions WHERE erased = 0 ORDER BY seq
ON CONFLICT (conversation_id, episode) DO UPDATE SET seq = excluded.seq, acted = excluded.acted
WHERE acted = 0;

-- What decides, together with a decision's identifier, whether it is audited. Nobody can know it
-- of a decision before it is taken, and whoever has the secret can compute it again afterwards.
CREATE TABLE audit_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB    NOT NULL CHECK (length(secret) = 32)
) STRICT;

INSERT INTO audit_secret (one, secret) VALUES (1, randomblob(32));

-- The share of automatic decisions that is audited, from that place of the chain on. `automatic`
-- counts the automatic decisions before it; once `renew_at` of them are stored, or after an hour,
-- the share is found anew.
CREATE TABLE audit_rates (
    seq       INTEGER PRIMARY KEY,
    at_ms     INTEGER NOT NULL,
    automatic INTEGER NOT NULL,
    renew_at  INTEGER NOT NULL,
    rate      REAL    NOT NULL CHECK (rate >= 0 AND rate <= 1)
) STRICT;

CREATE INDEX audit_rates_by_time ON audit_rates (at_ms);

-- The decisions that are audited, each written together with its decision. `pi` is the
-- probability with which it was drawn; `id` is what an auditor sees instead of the decision's.
CREATE TABLE audits (
    seq             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    at_ms           INTEGER NOT NULL,
    pi              REAL    NOT NULL CHECK (pi > 0 AND pi <= 1),
    state           TEXT    NOT NULL DEFAULT 'open'
                    CHECK (state IN ('open', 'answered', 'erased')),
    offers          INTEGER NOT NULL DEFAULT 0,
    leased_to       TEXT,
    leased_until_ms INTEGER
) STRICT;

CREATE INDEX audits_by_time ON audits (at_ms);
CREATE INDEX audits_open ON audits (offers, seq) WHERE state = 'open';
