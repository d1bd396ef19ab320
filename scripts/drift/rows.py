"""Texts of CLINC150 for `baton train` and `baton vectors`, and what the models say of them.

    rows.py prepare data_full.json FOLDER    all.csv, without_five.csv, requests.ndjson, kinds.ndjson,
                                             topics.json
    rows.py join FOLDER                      rows.ndjson, of these, the packs and vectors.ndjson
"""

import csv
import json
import random
import struct
import sys
from pathlib import Path

import numpy as np

TOPICS = 30
HELD_OUT = 5


def prepare(data: Path, folder: Path) -> None:
    """Writes what the models are trained on and what they are asked."""
    parts = json.loads(data.read_text())
    classes = sorted({label for _, label in parts["train"]})
    topics = {label: f"topic_{place % TOPICS:02d}" for place, label in enumerate(classes)}
    (folder / "topics.json").write_text(json.dumps(topics))
    held_out = set(random.Random(7).sample(classes, HELD_OUT))
    for name, left_out in (("all", set()), ("without_five", held_out)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["text", "label"])
            rows.writerows([t, c] for t, c in parts["train"] if c not in left_out)
    known = parts["val"] + parts["test"]
    draw = random.Random(11)
    texts = [("plain", text, label) for text, label in known]
    texts += [("foreign", text, label) for text, label in parts["oos_test"]]
    texts += [("wording", f"hello team {text} sent from my iphone", c) for text, c in known]
    texts += [("typos", mistype(text, draw), label) for text, label in known]
    with (
        (folder / "requests.ndjson").open("w") as requests,
        (folder / "kinds.ndjson").open("w") as kinds,
    ):
        for kind, text, label in texts:
            message = {"role": "customer", "text": text}
            print(json.dumps({"messages": [message]}), file=requests)
            print(json.dumps({"kind": kind, "held_out": label in held_out}), file=kinds)


def mistype(text: str, draw: random.Random) -> str:
    """Swaps, drops or adds a letter, once in twelve letters and at least twice."""
    letters = list(text)
    for _ in range(max(2, len(letters) // 12)):
        place = draw.randrange(len(letters) - 1)
        match draw.randrange(3):
            case 0:
                letters[place : place + 2] = reversed(letters[place : place + 2])
            case 1:
                del letters[place]
            case _:
                letters.insert(place, draw.choice("abcdefghijklmnopqrstuvwxyz"))
        if len(letters) < 4:
            break
    return "".join(letters)


def judge(
    pack: Path, topics: dict[str, str], vectors: np.ndarray
) -> list[tuple[str, float, bool]]:
    """The topic, its confidence (the sum over its classes, as a decision sums over the intents that
    lead to it) and whether the text is novel, as `docs/models.md` defines it."""
    calibration = json.loads((pack / "calibration.json").read_text())
    labels = json.loads((pack / "labels.json").read_text())["intents"]
    raw = (pack / "heads.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header, body = json.loads(raw[8 : 8 + size]), raw[8 + size :]

    def tensor(name: str) -> np.ndarray:
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(body[begin:end], dtype=np.float32).reshape(header[name]["shape"])

    logits = vectors @ tensor("intents.weight").T + tensor("intents.bias")
    scaled = logits / calibration["temperatures"]["intents"]
    odds = np.exp(scaled - scaled.max(1, keepdims=True))
    names = sorted(set(topics.values()))
    folding = np.array([[topics[label] == name for name in names] for label in labels])
    shares = (odds / odds.sum(1, keepdims=True)) @ folding.astype(np.float32)
    prototypes = tensor("prototypes")
    prototypes = prototypes / np.linalg.norm(prototypes, axis=1, keepdims=True)
    novelty = calibration["novelty"]

    def z(name: str, values: np.ndarray) -> np.ndarray:
        return (values - novelty[name]["mean"]) / novelty[name]["sd"]

    cosine = (vectors @ prototypes.T).max(1)
    score = -(z("max_logit", logits.max(1)) + z("best_cosine", cosine)) / 2
    best = zip(shares.argmax(1), shares.max(1), score > novelty["limit"], strict=True)
    return [(names[place], float(share), bool(novel)) for place, share, novel in best]


def join(folder: Path) -> None:
    """Writes one line a text and model."""
    kinds = [json.loads(line) for line in (folder / "kinds.ndjson").open()]
    lines = (folder / "vectors.ndjson").open()
    vectors = np.array([json.loads(line)["conversation"] for line in lines], dtype=np.float32)
    topics = json.loads((folder / "topics.json").read_text())
    both = [judge(folder / name, topics, vectors) for name in ("all", "without_five")]
    with (folder / "rows.ndjson").open("w") as out:
        for place, of in enumerate(kinds):
            said = [(of["kind"], both[0][place])]
            if of["kind"] == "plain":
                said.append(("held_new" if of["held_out"] else "held_plain", both[1][place]))
            vector = [round(float(number), 6) for number in vectors[place]]
            for kind, (intent, confidence, novel) in said:
                row = {"kind": kind, "intent": intent, "confidence": round(confidence, 6)}
                print(json.dumps({**row, "novel": novel, "vector": vector}), file=out)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare", data, folder]:
            prepare(Path(data), Path(folder))
        case ["join", folder]:
            join(Path(folder))
        case _:
            sys.exit(__doc__)
