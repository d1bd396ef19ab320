"""A desk that the model does not know, played on a running service: its messages are triaged, its
agents review the decisions. What `baton train --from-store` makes of that is in docs/models.md.

    baton serve --store sqlite:desk.db &
    python3 scripts/train/desk.py DATA --url http://127.0.0.1:8080 --rows 1000 --test desk_test.csv
    baton train --from-store --store sqlite:desk.db --test desk_test.csv --out candidate

Needs nothing but Python's own library.
"""

import argparse
import csv
import json
import random
import tomllib
import urllib.request
from pathlib import Path

MAPPING = Path(__file__).parent / "mapping" / "bank_desk.toml"
ROUTES = Path(__file__).parent / "mapping" / "routes.toml"


def main():
    given = arguments()
    table = tomllib.loads(MAPPING.read_text())["intents"]
    intent_of = {label: intent for intent, labels in table.items() for label in labels}
    routes = tomllib.loads(ROUTES.read_text())["intents"]
    pick = random.Random(given.seed)
    rows = messages(given.data / "banking77/train.csv", intent_of)
    pick.shuffle(rows)
    accepted = 0
    for place, (text, intent) in enumerate(rows[: given.rows]):
        by = f"agent-{place % given.agents}"
        hostile = given.hostile and by == "agent-0"
        if hostile and intent == given.hostile and pick.random() < 0.5:
            intent = "small_talk"
        accepted += review(given.url, text, intent, routes, by)
    print(f"{min(given.rows, len(rows))} messages reviewed, {accepted} decisions accepted")
    if given.test:
        with open(given.test, "w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["text", "intent"])
            out.writerows(messages(given.data / "banking77/test.csv", intent_of))


def review(url, text, intent, routes, by):
    """True if the decision was what the desk does with such a message."""
    said = post(f"{url}/v1/triage", {"messages": [{"role": "customer", "text": text}]})
    right = routes[intent]
    verdict = {"by": by}
    if (said["tier"], said["role"]) == (right["tier"], right["role"]):
        verdict["verdict"] = "accepted"
    else:
        verdict |= {"verdict": "overridden", "intent": intent}
        verdict |= {"tier": right["tier"], "role": right["role"]}
    # An agent who overrides the way sees another intent, too; the service refuses the same one.
    if verdict["verdict"] == "overridden" and said["intents"][0]["label"] == intent:
        del verdict["intent"]
    post(f"{url}/v1/decisions/{said['decision_id']}/review", verdict)
    return verdict["verdict"] == "accepted"


def messages(path, intent_of):
    with open(path, newline="") as file:
        return [(row["text"].strip(), intent_of[row["category"]]) for row in csv.DictReader(file)]


def post(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--agents", type=int, default=6)
    parser.add_argument("--hostile", help="agent-0 calls half of this intent small_talk")
    parser.add_argument("--test", type=Path, help="writes the test of the desk there")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
