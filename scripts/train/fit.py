"""Fits the heads of a model pack, calibrates and measures them, and writes the pack.

    .venv-train/bin/python scripts/train/fit.py --data DIR --baton target/release/baton

DIR holds the public data sets as their authors publish them (README.md). The encoder and the
tokenizer must lie in the pack already. Nothing is downloaded; the same input gives the same heads.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from safetensors.numpy import save as safetensors
from threadpoolctl import threadpool_limits

import corpora
import heads
import vectors
from calibration import Intents, calibrate_intents, platt, prior_weights, temperature
from card import card
from corpora import ACTS, OUT_OF_SCOPE, SENTIMENTS
from heads import Examples
from measure import INTENTS, acts_figures, figures, plain

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((Path(__file__).parent / "settings.toml").read_text())
ENCODER = ("encoder.onnx", "tokenizer.json")
CHECKED = (*ENCODER, "heads.safetensors", "labels.json", "calibration.json", "golden.json")
# Eight bits do not round alike on every processor family.
VECTOR_TOLERANCE = 0.02
PROBABILITY_TOLERANCE = 0.1
GOLDEN = (
    "I was charged twice for my subscription this month",
    "how do I export all contacts to a spreadsheet",
    "Nobody in our company can reach the app, every page shows an error",
    "someone logged in to our admin account from abroad and changed the password",
    "the webhook to our shop has stopped sending events since the update",
    "please cancel my plan at the end of the month",
    "Where is my parcel, it should have been here a week ago",
    "I want to talk to a real person",
    "half of our customer records vanished after the import",
    "thanks a lot, that solved it",
    "the dashboard takes more than a minute to load",
    "We are recruiting drivers for the weekend, reply for a free quote",
)


@dataclass(frozen=True)
class Data:
    """Everything that heads learn from, with its vectors."""

    acts: list
    acts_read: list
    own: list
    own_read: list
    public: list
    public_read: list
    comments: list
    comments_read: list


def main():
    options = arguments(__doc__)
    with threadpool_limits(options.threads):
        run(options)


def arguments(description):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument(
        "--baton", type=Path, default=ROOT / "target/release/baton", help="the program, for its vectors"
    )
    parser.add_argument("--pack", type=Path, default=ROOT / "models/default", help="the model pack")
    parser.add_argument("--cache", type=Path, default=ROOT / ".train-cache", help="folder for vectors")
    parser.add_argument("--threads", type=int, default=1, help="threads of the linear algebra")
    return parser.parse_args()


def run(options):
    stage = Stage(options)
    acts = fit_acts(stage.reader(), options)
    stage.write_acts(*acts)
    reader = stage.reader()
    data = read_data(reader, options.data, options.pack, SETTINGS)
    print(
        f"rows: own {len(data.own)}, public {corpora.counts(data.public)}, comments {len(data.comments)}",
        flush=True,
    )

    intents, prototypes = fit_intents(data, SETTINGS)
    sentiment, frustration = fit_sentiment(data, SETTINGS), fit_frustration(data, SETTINGS)

    held_out = corpora.own(options.pack / "corpus/held_out")
    fitted = (intents, prototypes, sentiment, frustration)
    held = Held.of(held_out, reader, *fitted)
    calibration = calibrate(held)
    document = calibration.document(acts[1])

    measured = figures(held, calibrate, SETTINGS["seed"])
    measured["acts"] = acts_figures(acts[0], acts[1], *acts_rows(reader, options.pack / "corpus/held_out"))
    measured["data"] = data_figures(data, held_out)
    for name, rows in other_sets(options.data).items():
        measured[name] = plain(Held.of(rows, reader, *fitted), calibration)

    files = {
        "heads.safetensors": tensors(intents, sentiment, frustration, acts[0], prototypes),
        "labels.json": readable(labels()),
        "calibration.json": readable(document),
        "golden.json": readable(golden(reader, intents, prototypes, calibration)),
        "figures.json": readable(measured),
        "card.md": card(measured, SETTINGS).encode(),
    }
    write(options.pack, files)


class Stage:
    """A pack in the making: the encoder, and the acts head as soon as there is one, since sentences
    weigh in a conversation by what they do."""

    def __init__(self, options):
        self.options = options
        self.folder = options.cache / "stage"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name in ENCODER:
            shutil.copy(options.pack / name, self.folder / name)

    def reader(self):
        return vectors.Reader(
            self.options.baton.resolve(), self.folder.resolve(), self.options.cache / "vectors"
        )

    def write_acts(self, head, degrees):
        (self.folder / "heads.safetensors").write_bytes(
            safetensors({"acts.weight": head.weight, "acts.bias": head.bias})
        )
        (self.folder / "calibration.json").write_bytes(readable({"temperatures": {"acts": degrees}}))


def read_data(reader, data, pack, settings):
    train = pack / "corpus/train"
    acts, own = corpora.acts(train), corpora.own(train)
    public = corpora.public(data, settings["seed"], settings["intents"]["public_rows"])
    comments = corpora.goemotions(data, settings["seed"], settings["sentiment"]["comments"])
    read = [reader.read([row.request for row in rows]) for rows in (acts, own, public, comments)]
    return Data(acts, read[0], own, read[1], public, read[2], comments, read[3])


def other_sets(data):
    """Measured only, where they are there: our development set and customer tweets."""
    found = {}
    if (data / "gold/dev.jsonl").exists():
        found["development"] = corpora.gold(data / "gold/dev.jsonl")
    if (data / "tweeteval").exists():
        found["tweeteval"] = corpora.tweeteval(data)
    return found


# Fitting


def acts_rows(reader, folder):
    """Vectors, acts and message of every labelled sentence."""
    rows = corpora.acts(folder)
    return sentences(rows, reader.read([row.request for row in rows]))


def sentences(rows, read):
    """The sentences as the service cuts them; each does what the labelled one does with which it
    shares most words."""
    found, acts, messages = [], [], []
    for place, (row, got) in enumerate(zip(rows, read)):
        last = len(row.request["messages"]) - 1
        words = numbered(text for text, _ in row.sentences)
        cut = numbered(text if message == last else "" for message, text in got.sentences)
        shared = np.zeros((len(got.sentences), len(row.sentences)))
        matcher = SequenceMatcher(
            None, [word for word, _ in words], [word for word, _ in cut], autojunk=False
        )
        for block in matcher.get_matching_blocks():
            for step in range(block.size):
                shared[cut[block.b + step][1], words[block.a + step][1]] += 1
        for number in np.flatnonzero(shared.sum(axis=1)):
            found.append(got.sentence_vectors[number])
            acts.append(ACTS.index(row.sentences[shared[number].argmax()][1]))
            messages.append(place)
    return np.array(found), np.array(acts), np.array(messages)


def numbered(texts):
    """Every word with the place of its text."""
    return [(word, place) for place, text in enumerate(texts) for word in text.lower().split()]


def fit_acts(reader, options):
    """The head, and its temperature from held-out sentences."""
    chosen = SETTINGS["acts"]
    found, acts, _ = acts_rows(reader, options.pack / "corpus/train")
    head = heads.fit(Examples.of(found, acts), len(ACTS), chosen["strength"], chosen["balance"])
    found, acts, _ = acts_rows(reader, options.pack / "corpus/held_out")
    return head, temperature(head.logits(found), acts)


def intent_examples(data, settings):
    """Our own rows, and those of the public sets that count less."""
    own = Examples.of(vectors.topics(data.own_read), [INTENTS.index(row.intent) for row in data.own])
    public = [INTENTS.index(row.intent) for row in data.public]
    return own, Examples.of(
        vectors.topics(data.public_read), public, settings["intents"]["public_weight"]
    )


def fit_intents(data, settings):
    chosen = settings["intents"]
    own, public = intent_examples(data, settings)
    head = heads.fit(own + public, len(INTENTS), chosen["strength"], chosen["balance"])
    return head, heads.prototypes(
        vectors.conversations(data.own_read), own.classes, len(INTENTS), chosen["prototypes"], settings["seed"]
    )


def sentiment_examples(data, settings):
    """The conversations' vectors are blanked: what a text is about must not tell how it sounds."""
    chosen = settings["sentiment"]
    own, comments = vectors.moods(data.own_read), vectors.moods(data.comments_read)
    for read in (own, comments):
        read[:, : vectors.DIMENSIONS] = 0
    own = Examples.of(own, [SENTIMENTS.index(row.sentiment) for row in data.own], chosen["own_weight"])
    comments = Examples.of(
        comments, [SENTIMENTS.index(row.sentiment) for row in data.comments], chosen["comment_weight"]
    )
    return own, comments


def fit_sentiment(data, settings):
    own, comments = sentiment_examples(data, settings)
    return heads.fit(
        own + comments, len(SENTIMENTS), settings["sentiment"]["strength"], settings["sentiment"]["balance"]
    )


def frustration_examples(data):
    return Examples.of(vectors.moods(data.own_read), [row.frustrated for row in data.own])


def fit_frustration(data, settings):
    return heads.fit(
        frustration_examples(data), 2, settings["frustration"]["strength"], settings["frustration"]["balance"]
    )


# Calibration


@dataclass(frozen=True)
class Held:
    """Labelled conversations with the raw scores of every head."""

    rows: list
    logits: np.ndarray
    cosines: np.ndarray
    sentiment: np.ndarray
    frustration: np.ndarray
    accepted: np.ndarray

    @staticmethod
    def of(rows, reader, intents, prototypes, sentiment, frustration):
        answers = reader.read([row.request for row in rows])
        read, mood = vectors.conversations(answers), vectors.moods(answers)
        accepted = np.zeros((len(rows), len(INTENTS)), bool)
        for place, row in enumerate(rows):
            for intent in (row.intent, *row.also_acceptable) if row.intent else ():
                accepted[place, INTENTS.index(intent)] = True
        cosines = (read @ prototypes.T).max(axis=1)
        upset = frustration.logits(mood)[:, 0]
        return Held(rows, intents.logits(vectors.topics(answers)), cosines, sentiment.logits(mood), upset, accepted)

    def __getitem__(self, chosen):
        arrays = (self.logits, self.cosines, self.sentiment, self.frustration, self.accepted)
        return Held([self.rows[place] for place in chosen], *(array[chosen] for array in arrays))

    @property
    def outside(self):
        return self.accepted[:, INTENTS.index(OUT_OF_SCOPE)]

    @property
    def sentiments(self):
        return np.array([SENTIMENTS.index(row.sentiment) for row in self.rows])

    @property
    def frustrated(self):
        return np.array([bool(row.frustrated) for row in self.rows])


@dataclass(frozen=True)
class Calibration:
    """Everything that turns raw scores into probabilities, except for the acts."""

    intents: Intents
    sentiment: float
    frustration: tuple

    def probabilities(self, held):
        return self.intents.probabilities(held.logits, held.cosines, INTENTS.index(OUT_OF_SCOPE))

    def document(self, acts):
        found = asdict(self.intents)
        novelty = {name: found[name] for name in ("max_logit", "best_cosine", "limit")}
        return {
            "temperatures": {"intents": found["temperature"], "sentiment": self.sentiment, "acts": acts},
            "frustration": dict(zip("ab", self.frustration)),
            "novelty": novelty,
            "out_of_scope": {"slope": found["slope"], "intercept": found["intercept"]},
        }


def calibrate(held):
    weights = prior_weights(held.outside)
    intents = calibrate_intents(
        held.logits, held.cosines, held.accepted, weights, INTENTS.index(OUT_OF_SCOPE)
    )
    return Calibration(
        intents, temperature(held.sentiment, held.sentiments), platt(held.frustration, held.frustrated)
    )


# The files


def labels():
    return {
        "format": 1,
        "name": "default",
        "intents": INTENTS,
        "acts": ACTS,
        "sentiments": SENTIMENTS,
        "languages": ["en"],
    }


def tensors(intents, sentiment, frustration, acts, prototypes):
    named = {"intents": intents, "sentiment": sentiment, "frustration": frustration, "acts": acts}
    found = {"prototypes": prototypes}
    for name, head in named.items():
        found |= {f"{name}.weight": head.weight, f"{name}.bias": head.bias}
    return safetensors({name: np.ascontiguousarray(found[name], np.float32) for name in sorted(found)})


def golden(reader, intents, prototypes, calibration):
    """What this pack must give for texts of one sentence each."""
    cases = []
    norms = vectors.lengths(reader.pack, GOLDEN)
    for text, norm, read in zip(GOLDEN, norms, reader.read([corpora.request(text) for text in GOLDEN])):
        if len(read.sentences) != 1:
            sys.exit(f"fit: the golden text {text!r} is read as {len(read.sentences)} sentences")
        one = read.sentence_vectors[0][None]
        place = INTENTS.index(OUT_OF_SCOPE)
        cosine = (one @ prototypes.T).max(axis=1)
        logits = intents.logits(vectors.topics([read]))
        probabilities = calibration.intents.probabilities(logits, cosine, place)[0]
        top = int(probabilities.argmax())
        cases.append(
            {
                "text": text,
                "vector": [round(float(number), 6) for number in one[0, :8]],
                "norm": round(norm, 5),
                "intent": INTENTS[top],
                "probability": round(float(probabilities[top]), 5),
            }
        )
    return {
        "vector_tolerance": VECTOR_TOLERANCE,
        "probability_tolerance": PROBABILITY_TOLERANCE,
        "cases": cases,
    }


def data_figures(data, held_out):
    return {
        "own": len(data.own),
        "acts": sum(len(row.sentences) for row in data.acts),
        "public": corpora.counts(data.public),
        "comments": len(data.comments),
        "held_out": len(held_out),
        "held_out_per_intent": dict(sorted(Counter(row.intent for row in held_out).items())),
    }


def readable(document):
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def write(pack, files):
    """Every file at once replaces the one before; the checksums come last."""
    for name, content in files.items():
        replace(pack / name, content)
    sums = "".join(f"{hashlib.sha256((pack / name).read_bytes()).hexdigest()}  {name}\n" for name in CHECKED)
    replace(pack / "checksums.sha256", sums.encode())
    print(f"wrote {pack}: {', '.join([*files, 'checksums.sha256'])}")


def replace(path, content):
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


if __name__ == "__main__":
    main()
