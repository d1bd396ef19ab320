"""Scores → probabilities, and what can be promised about them.

The formulas are those of the service: src/inference/calibrate.rs and novelty.rs.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax
from scipy.stats import beta, binom

# Share of conversations that are out of scope, as the service is likely to see them.
PRIOR = 0.05
BINS = 15
# The link from novelty to out of scope before any row was seen: without it, rows that are all easy
# to tell would switch it off (an intercept of -600 was seen), and with it the care for strange texts.
LINK, LINK_SPREAD = -4.0, 2.0


@dataclass(frozen=True)
class Moments:
    mean: float
    sd: float

    @staticmethod
    def of(values):
        return Moments(float(np.mean(values)), float(np.std(values)))

    def z(self, values):
        return (values - self.mean) / self.sd


@dataclass(frozen=True)
class Intents:
    """How intent logits and prototype cosines become probabilities."""

    temperature: float
    max_logit: Moments
    best_cosine: Moments
    limit: float
    slope: float
    intercept: float

    def novelty(self, logits, cosines):
        return -(self.max_logit.z(logits.max(axis=1)) + self.best_cosine.z(cosines)) / 2

    def probabilities(self, logits, cosines, place):
        plain = softmax(logits / self.temperature, axis=1)
        return shifted(plain, self.novelty(logits, cosines), self.slope, self.intercept, place)


def shifted(probabilities, novelty, slope, intercept, place):
    moved = expit(intercept + slope * novelty)
    out = probabilities * (1 - moved)[:, None]
    out[:, place] += moved
    return out


def calibrate_intents(logits, cosines, accepted, weights, place):
    """`accepted[row, intent]` is true for every right answer; `place` is that of `out_of_scope`."""
    inside = ~accepted[:, place]
    max_logit, best_cosine = Moments.of(logits[inside].max(axis=1)), Moments.of(cosines[inside])
    start = Intents(1.0, max_logit, best_cosine, 0.0, 1.0, -4.0)
    novelty = start.novelty(logits, cosines)

    def loss(parameters):
        temperature, slope, intercept = np.exp(parameters[0]), np.exp(parameters[1]), parameters[2]
        plain = softmax(logits / temperature, axis=1)
        right = (shifted(plain, novelty, slope, intercept, place) * accepted).sum(axis=1)
        unlikely = parameters[1] ** 2 + ((intercept - LINK) / LINK_SPREAD) ** 2
        return unlikely / 2 / weights.sum() - np.average(np.log(np.maximum(right, 1e-12)), weights=weights)

    precise = {"xatol": 1e-4, "fatol": 1e-7, "maxiter": 2000}
    best = minimize(loss, [0.0, 0.0, LINK], method="Nelder-Mead", options=precise).x
    limit = float(np.quantile(novelty[inside], 0.95))
    return Intents(
        float(np.exp(best[0])), max_logit, best_cosine, limit, float(np.exp(best[1])), float(best[2])
    )


def temperature(logits, classes, weights=None):
    def loss(parameter):
        chosen = log_softmax(logits / np.exp(parameter[0]), axis=1)[np.arange(len(classes)), classes]
        return -np.average(chosen, weights=weights)

    return float(np.exp(minimize(loss, [0.0], method="Nelder-Mead").x[0]))


def platt(scores, right):
    """Slope and intercept of `sigmoid(a * score + b)`."""

    def loss(parameters):
        signed = (np.exp(parameters[0]) * scores + parameters[1]) * np.where(right, 1, -1)
        return np.mean(np.logaddexp(0, -signed))

    best = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-8}).x
    return float(np.exp(best[0])), float(best[1])


def prior_weights(outside, prior=PRIOR):
    """Weights that make the out-of-scope rows as rare as the service will see them."""
    rare = prior / (1 - prior) * (~outside).sum() / max(outside.sum(), 1)
    return np.where(outside, rare, 1.0)


def expected_error(confidence, right, bins=BINS):
    """ECE over bins of equal mass."""
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, bins)
    return float(
        sum(len(part) * abs(confidence[part].mean() - right[part].mean()) for part in parts if len(part))
        / len(order)
    )


def chance_error(confidence, seed, rounds=1000):
    """The ECE of a model with these confidences if they are exactly right: mean and 95 % quantile."""
    generator = np.random.default_rng(seed)
    found = [
        expected_error(confidence, generator.random(len(confidence)) < confidence) for _ in range(rounds)
    ]
    return float(np.mean(found)), float(np.quantile(found, 0.95))


def proportion(right, count, sureness=0.95):
    """A share with its Clopper-Pearson interval."""
    tail = (1 - sureness) / 2
    low = beta.ppf(tail, right, count - right + 1) if right > 0 else 0.0
    high = beta.ppf(1 - tail, right + 1, count - right) if right < count else 1.0
    share = float(right / count) if count else None
    return {"right": int(right), "of": int(count), "share": share, "low": float(low), "high": float(high)}


def certified(confidence, right, promise, upper=None, risk=0.05):
    """Learn then Test: the lowest threshold from which on (below `upper`, where given) the precision
    is at least `promise`, wrong with probability `risk` at most; None if there is none."""
    found = None
    for threshold in np.arange(0.995 if upper is None else upper - 0.005, 0.0, -0.005):
        chosen = confidence >= threshold
        if upper is not None:
            chosen &= confidence < upper
        count, wrong = int(chosen.sum()), int((~right[chosen]).sum())
        # So few rows say nothing even if all are right: the fixed sequence of tests starts below.
        if promise**count > risk:
            continue
        if binom.cdf(wrong, count, 1 - promise) > risk:
            break
        found = round(float(threshold), 3)
    return found
