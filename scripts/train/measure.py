"""What the heads are worth, on conversations that fitted none of them.

Each held-out conversation is judged by a calibration fitted on the others (ten folds).
"""

import tomllib
from collections import Counter

import numpy as np
from scipy.special import expit, softmax
from sklearn.metrics import f1_score, roc_auc_score

from calibration import PRIOR, certified, chance_error, expected_error, proportion
from corpora import ACTS, MAPPING, OUT_OF_SCOPE, SENTIMENTS
from heads import folds

ROUTES = tomllib.loads((MAPPING / "routes.toml").read_text())["intents"]
INTENTS = list(ROUTES)
DECISIONS = sorted({(route["tier"], route["role"]) for route in ROUTES.values()})
LEADS = np.array(
    [
        [(ROUTES[intent]["tier"], ROUTES[intent]["role"]) == decision for decision in DECISIONS]
        for intent in INTENTS
    ]
)
BYPASSES = [place for place, intent in enumerate(INTENTS) if ROUTES[intent].get("bypass")]
# The default policy's limits.
AUTO, SUGGEST, BYPASS, FRUSTRATED, ESCALATES = 0.90, 0.70, 0.2, 0.5, 0.8
FOLDS = 10


class Judged:
    """Conversations with the probabilities that they got."""

    def __init__(self, held, probabilities, novelty, limits, sentiment, frustration):
        self.held, self.probabilities = held, probabilities
        self.novelty, self.novel = novelty, novelty > limits
        self.sentiment, self.frustration = sentiment, frustration
        by_decision = probabilities @ LEADS
        self.decided = by_decision.argmax(axis=1)
        self.confidence = by_decision.max(axis=1)
        self.top = probabilities.argmax(axis=1)
        rows = np.arange(len(probabilities))
        self.right_intent = held.accepted[rows, self.top]
        self.right = (held.accepted @ LEADS)[rows, self.decided]
        self.bypassed = np.isin(self.top, BYPASSES) | (probabilities[:, BYPASSES] >= BYPASS).any(axis=1)

    @staticmethod
    def by(calibration, held):
        frustration = expit(calibration.frustration[0] * held.frustration + calibration.frustration[1])
        return Judged(
            held,
            calibration.probabilities(held),
            calibration.intents.novelty(held.logits, held.cosines),
            np.full(len(held.rows), calibration.intents.limit),
            softmax(held.sentiment / calibration.sentiment, axis=1),
            frustration,
        )

    @staticmethod
    def crossed(held, calibrate, seed):
        """Every row judged by a calibration that has not seen it."""
        first = np.array([INTENTS.index(row.intent) for row in held.rows])
        fold = folds(np.arange(len(first)), first, FOLDS, seed)
        fields = ("probabilities", "novelty", "novel", "sentiment", "frustration")
        found = {}
        for number in range(FOLDS):
            chosen = np.flatnonzero(fold == number)
            part = Judged.by(calibrate(held[np.flatnonzero(fold != number)]), held[chosen])
            for name in fields:
                values = getattr(part, name)
                found.setdefault(name, np.empty((len(first), *values.shape[1:]), values.dtype))[chosen] = (
                    values
                )
        judged = Judged(
            held,
            found["probabilities"],
            found["novelty"],
            np.zeros(len(first)),
            found["sentiment"],
            found["frustration"],
        )
        judged.novel = found["novel"]
        return judged


def figures(held, calibrate, seed):
    judged = Judged.crossed(held, calibrate, seed)
    outside = held.outside
    mixed = np.sort(
        np.concatenate([np.flatnonzero(~outside), some(np.flatnonzero(outside), (~outside).sum(), seed)])
    )
    confidence, right = judged.confidence[mixed], judged.right[mixed]
    floor, floor_high = chance_error(confidence, seed)
    inside = np.flatnonzero(~outside)
    automatic = (judged.confidence >= AUTO) & ~judged.bypassed
    found = {
        "conversations": len(held.rows),
        "in_scope": len(inside),
        "out_of_scope": int(outside.sum()),
        "intent_accuracy": proportion(judged.right_intent[inside].sum(), len(inside)),
        "decision_accuracy": proportion(judged.right[inside].sum(), len(inside)),
        "mixed": {"conversations": len(mixed), "share_out_of_scope": PRIOR},
        "decision_ece": {
            "ece": expected_error(confidence, right),
            "by_chance": floor,
            "by_chance_95": floor_high,
        },
        "mean_confidence": float(confidence.mean()),
        "decision_accuracy_mixed": float(right.mean()),
        "bands": bands(confidence, right, (judged.bypassed)[mixed]),
        "certified": {
            "promise": AUTO,
            "risk": 0.05,
            "auto_from": certified(confidence, right, AUTO),
            "suggest_promise": SUGGEST,
            "suggest_from": certified(confidence, right, SUGGEST, upper=AUTO),
        },
        "novelty_auroc": float(roc_auc_score(outside, judged.novelty)),
        "out_of_scope_auroc": float(
            roc_auc_score(outside, judged.probabilities[:, INTENTS.index(OUT_OF_SCOPE)])
        ),
        "out_of_scope_found": proportion(
            (judged.top[outside] == INTENTS.index(OUT_OF_SCOPE)).sum(), outside.sum()
        ),
        "out_of_scope_auto": proportion(automatic[outside].sum(), outside.sum()),
        "in_scope_called_out_of_scope": proportion(
            (judged.top[inside] == INTENTS.index(OUT_OF_SCOPE)).sum(), len(inside)
        ),
        "recall": recall(judged),
        "confusions": confusions(judged),
        "sentiment": sentiment(judged),
        "frustration": frustration(judged),
    }
    return found


def some(rows, inside, seed):
    """As many as make up their usual share."""
    count = min(len(rows), round(PRIOR / (1 - PRIOR) * inside))
    return np.random.default_rng(seed).choice(rows, count, replace=False)


def bands(confidence, right, bypassed):
    """By the confidence alone, and without what a bypass takes away."""
    found = {}
    for name, low, high in (("auto", AUTO, 2.0), ("suggest", SUGGEST, AUTO), ("human", 0.0, SUGGEST)):
        by_confidence = (confidence >= low) & (confidence < high)
        found[name] = {
            "share": float(by_confidence.mean()),
            "precision": proportion(right[by_confidence].sum(), by_confidence.sum()),
        }
        if name != "human":
            left = by_confidence & ~bypassed
            found[name]["after_bypass"] = {
                "share": float(left.mean()),
                "precision": proportion(right[left].sum(), left.sum()),
            }
    return found


def recall(judged):
    found = {}
    for place, intent in enumerate(INTENTS):
        rows = [number for number, row in enumerate(judged.held.rows) if row.intent == intent]
        if rows:
            found[intent] = {
                "rows": len(rows),
                "intent": float(judged.right_intent[rows].mean()),
                "decision": float(judged.right[rows].mean()),
                "precision": float(judged.right_intent[judged.top == place].mean())
                if (judged.top == place).any()
                else None,
            }
    return found


def confusions(judged, most=15):
    pairs = Counter(
        (row.intent, INTENTS[top])
        for row, top, right in zip(judged.held.rows, judged.top, judged.right_intent)
        if not right
    )
    return [{"is": pair[0], "called": pair[1], "rows": count} for pair, count in pairs.most_common(most)]


def sentiment(judged):
    is_, called = judged.held.sentiments, judged.sentiment.argmax(axis=1)
    each = f1_score(is_, called, average=None, labels=range(3), zero_division=0)
    recalls = [
        float((called[is_ == place] == place).mean()) if (is_ == place).any() else None for place in range(3)
    ]
    return {
        "accuracy": float((is_ == called).mean()),
        "macro_f1": float(each.mean()),
        "f1": dict(zip(SENTIMENTS, map(float, each))),
        "macro_recall": float(np.mean([one for one in recalls if one is not None])),
        "ece": expected_error(judged.sentiment.max(axis=1), is_ == called),
    }


def frustration(judged):
    is_, score = judged.held.frustrated, judged.frustration
    found = {"rows": len(is_), "frustrated": int(is_.sum())}
    if 0 < is_.sum() < len(is_):
        found["auroc"] = float(roc_auc_score(is_, score))
        found["ece"] = expected_error(score, is_)
    for name, limit in (("from_0.5", FRUSTRATED), ("from_0.8", ESCALATES)):
        called = score >= limit
        found[name] = {
            "recall": proportion((called & is_).sum(), is_.sum()) if is_.any() else None,
            "precision": proportion((called & is_).sum(), called.sum()) if called.any() else None,
        }
    return found


def plain(held, calibration):
    """The final calibration on a set of its own: whatever its labels allow."""
    judged = Judged.by(calibration, held)
    found = {"conversations": len(held.rows), "sentiment": sentiment(judged)}
    if held.accepted.any():
        automatic = (judged.confidence >= AUTO) & ~judged.bypassed
        found |= {
            "intent_accuracy": proportion(judged.right_intent.sum(), len(held.rows)),
            "decision_accuracy": proportion(judged.right.sum(), len(held.rows)),
            "mean_confidence": float(judged.confidence.mean()),
            "bands": bands(judged.confidence, judged.right, judged.bypassed),
            "auto": proportion(judged.right[automatic].sum(), automatic.sum()),
            "novel": float(judged.novel.mean()),
            "frustration": frustration(judged),
            "confusions": confusions(judged),
        }
    return found


def acts_figures(head, degrees, found, acts, _):
    probabilities = softmax(head.logits(found) / degrees, axis=1)
    called = probabilities.argmax(axis=1)
    each = f1_score(acts, called, average=None, labels=range(len(ACTS)), zero_division=0)
    return {
        "sentences": len(acts),
        "accuracy": proportion((called == acts).sum(), len(acts)),
        "macro_f1": float(each.mean()),
        "f1": dict(zip(ACTS, map(float, each))),
        "ece": expected_error(probabilities.max(axis=1), called == acts),
    }
