-- What receivers made of a packet; one row per person, the latest wins.
CREATE TABLE packet_receipts (
    decision_id  TEXT    NOT NULL REFERENCES decisions (id),
    confirmed_by TEXT    NOT NULL,
    at_ms        INTEGER NOT NULL,
    payload      TEXT    NOT NULL,
    PRIMARY KEY (decision_id, confirmed_by)
) STRICT, WITHOUT ROWID;

-- Retention looks for the oldest records that still hold anything.
CREATE INDEX decisions_by_age ON decisions (at_ms) WHERE erased = 0;
