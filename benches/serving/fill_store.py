"""Fills a database of Baton with copies of what is in it, to see what many stored conversations cost.

    python3 benches/serving/fill_store.py DATABASE CONVERSATIONS

The service is not running. Each copy is one decision, one remembered conversation and one decision of
record under names of their own. Where the decision is automatic, the copies are written off as counted
before, so that they do not lower the share that is audited. The chain of the copies is not that of real records: the file is good for timing only.
"""

import hashlib
import sqlite3
import sys
import uuid

BATCH = 10_000

# The share of audits in force, with the automatic decisions so far.
SHARE = """
SELECT at_ms, automatic + (SELECT count(*) FROM decisions WHERE band = 'auto' AND seq >= r.seq), renew_at, rate
FROM audit_rates r ORDER BY seq DESC LIMIT 1
"""


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: fill_store.py DATABASE CONVERSATIONS")
    wanted = int(sys.argv[2])
    database = sqlite3.connect(sys.argv[1])
    database.execute("PRAGMA synchronous = OFF")
    decision = dict_of(database, "decisions", "seq")
    conversation = dict_of(database, "conversations", "at_ms")
    episode = dict_of(database, "episodes", "place")
    share = database.execute(SHARE).fetchone()
    (records,) = database.execute("SELECT records FROM chain_head").fetchone()
    (there,) = database.execute("SELECT count(*) FROM conversations").fetchone()
    for start in range(0, wanted - there, BATCH):
        numbers = range(start, min(start + BATCH, wanted - there))
        names = {number: f"stored-{there + number}" for number in numbers}
        insert(
            database,
            "conversations",
            conversation,
            ({"conversation_id": names[number], "at_ms": conversation["at_ms"] + number} for number in numbers),
        )
        insert(
            database,
            "decisions",
            decision,
            (
                {
                    "seq": records + number + 1,
                    # Identifiers grow with time, as real ones do.
                    "id": str(uuid.UUID(int=(uuid.UUID(decision["id"]).int >> 80 << 80) + records + number + 1)),
                    "conversation_id": names[number],
                    "chain": hashlib.sha256(names[number].encode()).digest(),
                }
                for number in numbers
            ),
        )
        insert(
            database,
            "episodes",
            episode,
            (
                {"place": None, "conversation_id": names[number], "seq": records + number + 1}
                for number in numbers
            ),
        )
        database.commit()
    (last, chain) = database.execute("SELECT seq, chain FROM decisions ORDER BY seq DESC LIMIT 1").fetchone()
    if share is not None and last > records:
        # From here on the automatic decisions are counted anew.
        database.execute("INSERT INTO audit_rates VALUES (?, ?, ?, ?, ?)", (last + 1, *share))
    database.execute("UPDATE chain_head SET records = ?, digest = ? WHERE records < ?", (last, chain, last))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def dict_of(database: sqlite3.Connection, table: str, order: str) -> dict:
    """The latest row of a table, by column."""
    cursor = database.execute(f"SELECT * FROM {table} ORDER BY {order} DESC LIMIT 1")
    row = cursor.fetchone()
    if row is None:
        sys.exit(f"fill_store: {table} has no row to copy; ask the service once first")
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def insert(database: sqlite3.Connection, table: str, template: dict, changes) -> None:
    columns = ", ".join(template)
    places = ", ".join(f":{column}" for column in template)
    database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", (template | row for row in changes))


if __name__ == "__main__":
    main()
