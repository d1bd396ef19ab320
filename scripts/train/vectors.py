"""Conversations → the vectors that heads read, made by the product itself (`baton vectors`), so that
masking, sentences, windows and pooling are those of the service."""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
DIMENSIONS = 384


@dataclass(frozen=True)
class Vectors:
    """What the encoder makes of one conversation."""

    conversation: np.ndarray  # [384], length 1; zeros where the customer said nothing readable
    tone: np.ndarray  # [384], length 1: how the customer sounds
    manner: np.ndarray  # numbers from 0 to 1: how the customer writes
    sentences: list  # (message or None, masked words)
    sentence_vectors: np.ndarray  # [sentences, 384]


class Reader:
    """Asks `baton vectors`, and remembers its answers in a folder."""

    def __init__(self, baton, pack, cache):
        self.baton, self.pack, self.cache = baton, pack, cache
        self.cache.mkdir(parents=True, exist_ok=True)
        files = [
            baton,
            *(
                pack / name
                for name in ("encoder.onnx", "tokenizer.json", "heads.safetensors", "calibration.json")
            ),
        ]
        self.identity = "".join(digest(path.read_bytes()) for path in files if path.exists())

    def read(self, requests):
        """One answer a request, in order."""
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        path = self.cache / f"{digest((self.identity + lines).encode())[:24]}.npz"
        if not path.exists():
            save(path, self.ask(lines, len(requests)))
        return load(path)

    def ask(self, lines, count):
        command = [self.baton, "vectors", "--model", self.pack]
        # In the root of the checkout it finds its library.
        done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"{self.baton} vectors failed: {done.stderr.strip()[-2000:]}")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != count:
            raise SystemExit(f"{self.baton} vectors gave {len(answers)} lines for {count} requests")
        return answers


def save(path, answers):
    sentences = [[(one["message"], one["text"]) for one in answer["sentences"]] for answer in answers]
    every = [one["vector"] for answer in answers for one in answer["sentences"]]
    fresh = path.with_name(f"new-{path.name}")
    np.savez(
        fresh,
        conversations=np.array([answer["conversation"] for answer in answers], np.float32),
        tones=np.array([answer["tone"] for answer in answers], np.float32),
        manners=np.array([answer["manner"] for answer in answers], np.float32),
        sentences=np.array(every, np.float32).reshape(-1, DIMENSIONS),
        words=np.array(json.dumps(sentences)),
    )
    os.replace(fresh, path)


def load(path):
    file = np.load(path)
    conversations, vectors, words = file["conversations"], file["sentences"], json.loads(str(file["words"]))
    found, start = [], 0
    for conversation, tone, manner, sentences in zip(conversations, file["tones"], file["manners"], words):
        end = start + len(sentences)
        cut = [tuple(one) for one in sentences]
        found.append(Vectors(conversation, tone, manner, cut, vectors[start:end]))
        start = end
    return found


def digest(content):
    return hashlib.sha256(content).hexdigest()


def lengths(pack, texts):
    """The length of the mean of each text's token vectors, before it is brought to 1."""
    tokenizer = Tokenizer.from_file(str(pack / "tokenizer.json"))
    options = onnxruntime.SessionOptions()
    # As the service does: without it, processors without VNNI saturate.
    options.add_session_config_entry("session.x64quantprecision", "1")
    encoder = onnxruntime.InferenceSession(pack / "encoder.onnx", options, providers=["CPUExecutionProvider"])
    found = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        tokens = encoder.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0, 1:-1]
        found.append(float(np.linalg.norm(tokens.mean(axis=0))))
    return found


def conversations(read):
    """[rows, 384]"""
    return np.stack([one.conversation for one in read]) if read else np.empty((0, DIMENSIONS), np.float32)


def topics(read):
    """What the head for intents reads: [rows, 384 + 384]"""
    return np.stack([np.concatenate([one.conversation, one.tone]) for one in read])


def moods(read):
    """What the heads for sentiment and frustration read: [rows, 384 + 384 + numbers of the manner]"""
    return np.stack([np.concatenate([one.conversation, one.tone, one.manner]) for one in read])
