"""How good features are: a linear probe on a task of labelled folders."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from pictures import find_pictures

#: Inverse strengths of the L2 penalty to choose from, on features of unit norm on average.
STRENGTHS = (0.1, 0.3, 1, 3, 10)
FOLDS = 5


@dataclass
class Task:
    """train/<class>/… and test/<class>/…"""

    name: str
    train: list[Path]
    test: list[Path]

    @staticmethod
    def read(name: str, folder: Path) -> 'Task':
        return Task(name, find_pictures(folder / 'train'), find_pictures(folder / 'test'))


@dataclass
class Score:
    #: Mean accuracy over five folds of train/, at the strength that is best there.
    cross_validated: float
    #: Accuracy on test/ of a probe fitted to all of train/ at that strength.
    test: float


def score(task: Task, train: np.ndarray, test: np.ndarray, seed: int) -> Score:
    """train, test: [pictures, features], in the task's order."""
    labels = np.array([path.parent.name for path in task.train])
    answers = np.array([path.parent.name for path in task.test])
    train, test = _standardise(train, test)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(train, labels))

    def mean_accuracy(strength: float) -> float:
        return np.mean(
            [
                _fit(train[fitted], labels[fitted], strength).score(train[left], labels[left])
                for fitted, left in folds
            ]
        )

    accuracies = [mean_accuracy(strength) for strength in STRENGTHS]
    best = int(np.argmax(accuracies))
    probe = _fit(train, labels, STRENGTHS[best])
    return Score(float(accuracies[best]), float(probe.score(test, answers)))


def _fit(features: np.ndarray, labels: np.ndarray, strength: float) -> LogisticRegression:
    with warnings.catch_warnings():
        # A hundred steps are enough to rank strengths by; the weakest penalties want more.
        warnings.simplefilter('ignore', ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=100, tol=1e-3).fit(features, labels)


def _standardise(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """To zero mean and equal variance on train, then rotated into the space that train's pictures
    span: an L2-penalised linear model is the same there, and far cheaper to fit."""
    mean, spread = train.mean(0), train.std(0)
    spread[spread < 1e-6] = 1
    spread *= np.sqrt(len(spread))
    train, test = (train - mean) / spread, (test - mean) / spread
    _, sizes, axes = np.linalg.svd(train, full_matrices=False)
    axes = axes[sizes > sizes[0] * 1e-5]
    return train @ axes.T, test @ axes.T
