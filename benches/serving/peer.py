"""The peer: an encoder and a head of 30 labels behind FastAPI, as one would write it in an afternoon.

    MODEL=int8.onnx TOKENIZER=tokenizer.json THREADS=1 uvicorn --app-dir benches/serving peer:app --workers 2

Nothing is truncated short of the 512 places that the encoder has; longer texts are read in pieces
of 512 and their probabilities averaged by length, so that every token is read, as Baton does.
"""

import os

import numpy as np
import onnxruntime
from fastapi import FastAPI
from pydantic import BaseModel
from tokenizers import Tokenizer

PLACES = 512


class Request(BaseModel):
    text: str


class Label(BaseModel):
    label: str
    score: float


def session(path: str, threads: int, precise: bool) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if precise:
        # As Baton does for its own encoder, so that both compute the same.
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


app = FastAPI()
tokenizer = Tokenizer.from_file(os.environ["TOKENIZER"])
tokenizer.no_padding()
tokenizer.no_truncation()
model = session(os.environ["MODEL"], int(os.environ["THREADS"]), bool(os.environ.get("PRECISE")))
names = [f"label_{number}" for number in range(model.get_outputs()[0].shape[1])]


def probabilities(ids: list[int]) -> np.ndarray:
    row = np.array([ids], np.int64)
    return model.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0][0]


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/predict")
def predict(request: Request) -> list[Label]:
    ids = tokenizer.encode(request.text).ids
    pieces = [ids[start : start + PLACES] for start in range(0, len(ids), PLACES)]
    mean = np.average([probabilities(piece) for piece in pieces], axis=0, weights=[len(piece) for piece in pieces])
    order = np.argsort(-mean)
    return [Label(label=names[at], score=float(mean[at])) for at in order]
