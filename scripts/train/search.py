"""Cross-validates what settings.toml says and what stands next to it, on the training corpus alone.

    .venv-train/bin/python scripts/train/search.py --data DIR --baton target/release/baton

Rows that say the same stay in one fold, and so do the sentences of one message. Held-out
conversations are not read here.
"""

from copy import deepcopy

import numpy as np
from scipy.special import expit, log_softmax, softmax
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from threadpoolctl import threadpool_limits

import fit
import heads
import vectors
from calibration import platt, temperature
from corpora import ACTS, SENTIMENTS
from fit import INTENTS, SETTINGS
from heads import Examples
from measure import LEADS

FOLDS = 5


def main():
    options = fit.arguments(__doc__)
    with threadpool_limits(options.threads):
        stage = fit.Stage(options)
        reader = stage.reader()
        found, acts, messages = fit.acts_rows(reader, options.pack / "corpus/train")
        search_acts(Examples.of(found, acts), messages)
        stage.write_acts(*fit.fit_acts(reader, options))
        data = fit.read_data(stage.reader(), options.data, options.pack, SETTINGS)
        search_intents(data)
        search_sentiment(data)
        search_frustration(data)


def around(name, **choices):
    """The settings, then each with one value changed."""
    yield "as set", SETTINGS
    for key, values in choices.items():
        for value in values:
            if value != SETTINGS[name][key]:
                changed = deepcopy(SETTINGS)
                changed[name][key] = value
                yield f"{key} = {value}", changed


def crossed(own, fold, other, classes, chosen):
    def train(rows):
        return heads.fit(
            own[rows] + other if len(other) else own[rows], classes, chosen["strength"], chosen["balance"]
        )

    return heads.out_of_fold(own, fold, train)


def many(logits, classes):
    """Accuracy, macro F1 and the loss at the best temperature."""
    called = logits.argmax(axis=1)
    degrees = temperature(logits, classes)
    loss = -log_softmax(logits / degrees, axis=1)[np.arange(len(classes)), classes].mean()
    return f"accuracy {(called == classes).mean():.4f}  macro F1 {f1_score(classes, called, average='macro'):.4f}  loss {loss:.4f}"


def search_acts(own, messages):
    fold = heads.folds(messages, own.classes, FOLDS, SETTINGS["seed"])
    for name, settings in around("acts", strength=(1.0, 2.0, 4.0, 10.0), balance=(0.0, 0.5, 1.0)):
        print(
            f"acts         {name:22} {many(crossed(own, fold, [], len(ACTS), settings['acts']), own.classes)}",
            flush=True,
        )


def search_intents(data):
    own, public = fit.intent_examples(data, SETTINGS)
    groups = heads.groups(vectors.conversations(data.own_read))
    fold = heads.folds(groups, own.classes, FOLDS, SETTINGS["seed"])
    decision = LEADS.argmax(axis=1)[own.classes]
    choices = {
        "strength": (1.0, 2.0, 4.0, 10.0, 30.0),
        "balance": (0.0, 1.0),
        "public_weight": (0.0, 0.05, 0.2, 0.5),
    }
    for name, settings in around("intents", **choices):
        chosen = settings["intents"]
        other = Examples.of(public.vectors, public.classes, chosen["public_weight"])
        logits = crossed(own, fold, other if chosen["public_weight"] else [], len(INTENTS), chosen)
        decided = (softmax(logits / temperature(logits, own.classes), axis=1) @ LEADS).argmax(axis=1)
        print(
            f"intents      {name:22} {many(logits, own.classes)}  decision {(decided == decision).mean():.4f}",
            flush=True,
        )


def search_sentiment(data):
    own, comments = fit.sentiment_examples(data, SETTINGS)
    groups = heads.groups(vectors.conversations(data.own_read))
    fold = heads.folds(groups, own.classes, FOLDS, SETTINGS["seed"])
    choices = {
        "strength": (1.0, 3.0, 10.0),
        "balance": (0.0, 0.5, 1.0),
        "comment_weight": (0.0, 0.05, 0.2, 0.5),
    }
    for name, settings in around("sentiment", **choices):
        chosen = settings["sentiment"]
        own = fit.sentiment_examples(data, settings)[0]
        other = Examples.of(comments.vectors, comments.classes, chosen["comment_weight"])
        logits = crossed(own, fold, other if chosen["comment_weight"] else [], len(SENTIMENTS), chosen)
        print(f"sentiment    {name:22} {many(logits, own.classes)}", flush=True)


def search_frustration(data):
    own = fit.frustration_examples(data)
    fold = heads.folds(heads.groups(vectors.conversations(data.own_read)), own.classes, FOLDS, SETTINGS["seed"])
    for name, settings in around("frustration", strength=(1.0, 3.0, 10.0), balance=(0.0, 0.5, 1.0)):
        scores = crossed(own, fold, [], 2, settings["frustration"])[:, 0]
        is_ = own.classes == 1
        slope, intercept = platt(scores, is_)
        sure = expit(slope * scores + intercept)
        loss = -np.log(np.where(is_, sure, 1 - sure)).mean()
        ranked = f"AUROC {roc_auc_score(is_, scores):.4f}  average precision {average_precision_score(is_, scores):.4f}"
        print(f"frustration  {name:22} {ranked}  loss {loss:.4f}", flush=True)


if __name__ == "__main__":
    main()
