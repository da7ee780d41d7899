"""Records what scikit-learn's logistic regression makes of real embeddings, for the exact solver's test.

    python3 scripts/make-head-fixture.py MODEL PICTURES src/engine/testing/head-fixture.json

MODEL: a TF.js graph model (recorded with mobilenet_v1_0.25_128); PICTURES: train/ and test/ with a
folder for each class. Embeddings are rounded to 8 bits, and the heads are fitted to the rounded ones.
Needs numpy, scikit-learn (recorded with 1.2.1) and what the recipe in pretraining/ needs.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent / 'pretraining'))
from graph import read_graph, run  # noqa: E402
from pictures import find_pictures, load_inputs  # noqa: E402

#: Pictures of each class that are learned from; unequal, so that class weights matter.
ROWS = (60, 50, 40, 30, 20, 20)
STRENGTHS = (0.3, 0.03, 0.003)


def embed(graph, folder: Path, counts) -> tuple[np.ndarray, np.ndarray]:
    """Of the first `counts` pictures of each class. Returns features and class indices."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    chosen = [find_pictures(one)[:count] for one, count in zip(classes, counts)]
    features = run(graph, load_inputs(sum(chosen, []), graph.side_px))
    return features, np.repeat(np.arange(len(classes)), [len(paths) for paths in chosen])


def record(train, labels, test, answers, l2: float, balanced: bool) -> dict:
    """Mean loss and penalty at scikit-learn's optimum: its own objective divided by n · C."""
    count = len(labels)
    probe = LogisticRegression(
        C=1 / (count * l2),
        class_weight='balanced' if balanced else None,
        solver='newton-cg',
        tol=1e-6,
        max_iter=10_000,
    ).fit(train, labels)
    weights = np.ones(count)
    if balanced:
        weights = count / (len(ROWS) * np.bincount(labels)[labels])
    losses = -probe.predict_log_proba(train)[np.arange(count), labels]
    penalty = l2 / 2 * np.square(probe.coef_).sum()
    return {
        'l2': l2,
        'balanced': balanced,
        'objective': float((weights * losses).mean() + penalty),
        'right': int((probe.predict(test) == answers).sum()),
    }


def main(model: str, pictures: str, target: str) -> None:
    graph = read_graph(Path(model))
    train, labels = embed(graph, Path(pictures) / 'train', ROWS)
    test, answers = embed(graph, Path(pictures) / 'test', [10**6] * len(ROWS))
    largest = max(train.max(), test.max())
    bytes_of = lambda features: np.round(features.clip(0) / largest * 255).astype(np.uint8)  # noqa: E731
    train8, test8 = bytes_of(train), bytes_of(test)
    train, test = train8.astype(float), test8.astype(float)
    mean = train.mean(0)
    scale = np.sqrt(np.square(train - mean).mean())
    standard = (train - mean) / scale, labels, (test - mean) / scale, answers
    fixture = {
        'embeddingLength': train.shape[1],
        'train': base64.b64encode(train8.tobytes()).decode(),
        'trainClasses': labels.tolist(),
        'test': base64.b64encode(test8.tobytes()).decode(),
        'testClasses': answers.tolist(),
        'optima': [
            record(*standard, l2, balanced) for l2 in STRENGTHS for balanced in (False, True)
        ],
    }
    Path(target).write_text(json.dumps(fixture) + '\n')
    print(json.dumps(fixture['optima'], indent=2))


main(*sys.argv[1:])
