"""Linear heads on unit vectors, and how their settings are chosen."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

# From this cosine on two texts say the same, and must not stand on both sides of a fold.
SAME = 0.85


@dataclass(frozen=True)
class Head:
    """`weight · vector + bias`, one row a class (one row in all where there are two)."""

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, vectors):
        return vectors @ self.weight.T + self.bias


@dataclass(frozen=True)
class Examples:
    """Vectors with their class, and how much each counts."""

    vectors: np.ndarray
    classes: np.ndarray
    weights: np.ndarray

    @staticmethod
    def of(vectors, classes, weights=1.0):
        """`weights` is one number for all, or one a row."""
        weights = np.broadcast_to(np.asarray(weights, float), len(classes))
        return Examples(vectors, np.asarray(classes, int), weights)

    def __add__(self, other):
        return Examples(
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.classes, other.classes]),
            np.concatenate([self.weights, other.weights]),
        )

    def __getitem__(self, chosen):
        return Examples(self.vectors[chosen], self.classes[chosen], self.weights[chosen])

    def __len__(self):
        return len(self.classes)


def fit(examples, classes, strength, balance=1.0):
    """Logistic regression; `strength` is the inverse of the penalty, `balance` 1 gives every class
    the same say, 0 as much as it has rows."""
    share = np.bincount(examples.classes, examples.weights, minlength=classes) / examples.weights.sum()
    if (share == 0).any():
        raise SystemExit(f"classes without a row: {np.flatnonzero(share == 0)}")
    weights = examples.weights * ((1 / classes) / share[examples.classes]) ** balance
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=strength, max_iter=400, tol=1e-4)
        model.fit(examples.vectors.astype(np.float64), examples.classes, sample_weight=weights)
    return Head(model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def groups(vectors):
    """A number a row, the same for rows that say the same."""
    group = np.arange(len(vectors))

    def root(place):
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    for place, row in enumerate(vectors):
        for other in np.flatnonzero(vectors[:place] @ row >= SAME):
            group[root(place)] = root(other)
    return np.array([root(place) for place in range(len(vectors))])


def folds(groups_of_rows, classes, count, seed):
    """A fold a row: groups stay whole, and every fold has its share of every class."""
    generator = np.random.default_rng(seed)
    fold = np.empty(len(classes), int)
    filled = np.zeros((count, classes.max() + 1))
    names = np.unique(groups_of_rows)
    for name in generator.permutation(names):
        rows = np.flatnonzero(groups_of_rows == name)
        fullest = filled[:, classes[rows[0]]] + 1e-3 * filled.sum(axis=1)
        fold[rows] = fullest.argmin()
        np.add.at(filled, (fold[rows], classes[rows]), 1)
    return fold


def out_of_fold(own, fold, train):
    """Logits of every own row by a head that saw neither it nor its fold. `train(rows)` fits one."""
    logits = None
    for number in np.unique(fold):
        head = train(np.flatnonzero(fold != number))
        held = fold == number
        scores = head.logits(own.vectors[held])
        logits = np.empty((len(own), scores.shape[1])) if logits is None else logits
        logits[held] = scores
    return logits


def prototypes(vectors, classes, count, each, seed):
    """The centres of each class, of length 1: [count * each, 384]."""
    found = []
    for one in range(count):
        rows = vectors[classes == one]
        centres = KMeans(each, n_init=4, random_state=seed).fit(rows).cluster_centers_
        found.append(centres / np.linalg.norm(centres, axis=1, keepdims=True))
    return np.concatenate(found).astype(np.float32)
