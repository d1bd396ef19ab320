"""The rows that heads learn from: our own corpus and the public sets, all as triage requests."""

import csv
import json
import random
import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

MAPPING = Path(__file__).parent / "mapping"
SENTIMENTS = ("negative", "neutral", "positive")
ACTS = (
    "problem",
    "request",
    "step_tried",
    "outcome_failed",
    "outcome_worked",
    "impact",
    "question",
    "greeting_thanks",
    "other",
)
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Row:
    """A conversation as the service would receive it, and what is known of it."""

    request: dict
    source: str
    intent: str | None = None
    also_acceptable: tuple = ()
    sentiment: str | None = None
    frustrated: bool | None = None


@dataclass(frozen=True)
class ActRow:
    """A message, the last of its request, with the act of each of its sentences."""

    request: dict
    sentences: tuple = field(default=())  # (text, act)


def own(folder):
    """Conversations of our own corpus."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for one in read_jsonl(path):
            if "sentences" in one:
                continue
            rows.append(
                Row(
                    {"messages": one["messages"]},
                    "own",
                    one["intent"],
                    tuple(one.get("also_acceptable", ())),
                    one["sentiment"],
                    one["frustrated"],
                )
            )
    return rows


def acts(folder):
    """Messages of our own corpus cut into sentences, each with its act."""
    rows = []
    for path in sorted(folder.glob("acts*.jsonl")):
        for one in read_jsonl(path):
            sentences = tuple((text, act) for text, act in one["sentences"])
            message = {"role": one["role"], "text": joined([text for text, _ in sentences])}
            # A conversation without a customer is refused.
            before = [] if one["role"] == "customer" else request("Hello")["messages"]
            rows.append(ActRow({"messages": [*before, message]}, sentences))
    return rows


def joined(sentences):
    """One message: a line of its own for what does not end as a sentence does."""
    text = sentences[0]
    for before, sentence in zip(sentences, sentences[1:]):
        text += (" " if re.search(r"[.!?…][\"')]*$", before) else "\n") + sentence
    return text


def gold(path):
    """The development set, to measure on: it trains nothing."""
    rows = []
    for one in read_jsonl(path):
        labels = one["labels"]
        rows.append(
            Row(
                {"messages": one["messages"]},
                "gold",
                labels["intent"],
                tuple(labels["also_acceptable"]),
                labels["sentiment"],
                labels["frustrated"],
            )
        )
    return rows


def public(data, seed, per_intent):
    """Training splits of the public sets through the tables in mapping/, at most `per_intent` rows
    of one set for one intent, drawn evenly over the set's own labels."""
    found = []
    for source, read in PUBLIC.items():
        table = tomllib.loads((MAPPING / f"{source}.toml").read_text())["intents"]
        intent_of = {label: intent for intent, labels in table.items() for label in labels}
        by_intent = defaultdict(lambda: defaultdict(list))
        for text, label in read(data, intent_of):
            if label in intent_of:
                by_intent[intent_of[label]][label].append(text)
        for intent in sorted(by_intent):
            for text in drawn_evenly(
                by_intent[intent], per_intent, random.Random(f"{seed} {source} {intent}")
            ):
                found.append(Row(request(text), source, intent))
    return found


def banking77(data, _):
    with open(data / "banking77/train.csv", newline="") as file:
        return [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]


def clinc150(data, _):
    sets = json.loads((data / "clinc150/data_full.json").read_text())
    return [
        (text, label) for split in ("train", "val", "oos_train", "oos_val") for text, label in sets[split]
    ]


def nlupp(data, known):
    """The intents of one utterance, sorted and joined by `+`, are its label."""
    found = []
    for path in sorted(data.glob("nlupp/*_fold*.json")):
        domain = path.name.split("_")[0]
        for one in json.loads(path.read_text()):
            found.append((one["text"], f"{domain}:" + "+".join(sorted(one.get("intents", [])))))
    return found


def multidogo(data, _):
    found = []
    for path in sorted(data.glob("multidogo/*/train.tsv")):
        with open(path, newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = (row["utterance"] or "").strip()
                if text and row["intent"]:
                    found.append((text, f"{path.parent.name}:{row['intent']}"))
    return list(dict.fromkeys(found))


PUBLIC = {"banking77": banking77, "clinc150": clinc150, "nlupp": nlupp, "multidogo": multidogo}


def emotions(data):
    """Comments whose emotions all say the same, by that sentiment: (text, emotions)."""
    table = tomllib.loads((MAPPING / "goemotions.toml").read_text())
    sentiment_of = {
        emotion: sentiment for sentiment, emotions in table["sentiments"].items() for emotion in emotions
    }
    names = (data / "goemotions/labels.txt").read_text().split()
    found = {sentiment: [] for sentiment in SENTIMENTS}
    for line in (data / "goemotions/train.tsv").read_text().splitlines():
        text, labels, _ = line.split("\t")
        told = [names[int(label)] for label in labels.split(",")]
        said = {sentiment_of.get(emotion) for emotion in told}
        if len(said) == 1 and None not in said:
            found[said.pop()].append((text.replace("[NAME]", "they"), told))
    return found


def goemotions(data, seed, per_class):
    """As many comments of each sentiment, drawn evenly over their first emotions."""
    rows = []
    for sentiment, comments in emotions(data).items():
        by_emotion = defaultdict(list)
        for text, told in comments:
            by_emotion[told[0]].append(text)
        for text in drawn_evenly(by_emotion, per_class, random.Random(f"{seed} {sentiment}")):
            rows.append(Row(request(text), "goemotions", sentiment=sentiment))
    return rows


def tweeteval(data):
    """Tweets of the test split: measured, never trained on."""
    texts = (data / "tweeteval/sentiment_test_text.txt").read_text().splitlines()
    labels = (data / "tweeteval/sentiment_test_labels.txt").read_text().split()
    return [
        Row(request(text), "tweeteval", sentiment=SENTIMENTS[int(label)])
        for text, label in zip(texts, labels)
    ]


def request(text):
    return {"messages": [{"role": "customer", "text": text}]}


def drawn_evenly(by_label, most, pick):
    """At most `most` texts, no label more often than the others can afford."""
    pools = [pick.sample(sorted(set(texts)), len(set(texts))) for _, texts in sorted(by_label.items())]
    drawn = []
    while len(drawn) < most and any(pools):
        for pool in pools:
            if pool and len(drawn) < most:
                drawn.append(pool.pop())
    return drawn


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def counts(rows):
    return dict(Counter(row.source for row in rows))
