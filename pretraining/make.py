"""From nothing to a small backbone and its evaluation, in one command:

    python3 pretraining/make.py --images DIR --out DIR [--seed N] [--teacher DIR]
        [--compare DIR] [--probe NAME=DIR]

Every stage leaves a file in OUT and is skipped where that is there: an interrupted run goes on.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import numpy as np
import torch

import drawn
from candidates import CANDIDATES, Plan, build
from distil import StudentPlan, distil
from export_tfjs import round_weights, write_model
from graph import Graph, read_graph, run
from layers_model import read_layers_model
from pictures import find_pictures, load_inputs, open_picture, random_square, to_input
from probe import Score, Task, score
from report import write_table
from student import Student
from teacher import teach

log = logging.getLogger('make')

#: A random square's side, as a share of the picture's shorter side: at least that.
SMALLEST_SQUARE = 0.4
#: Pictures that a student learns from, at most.
DISTILLED = 40_000
#: Pictures that the check of the export embeds.
CHECKED = 4
#: Operations that every format of the app's exports has.
PORTABLE = {
    'Placeholder', '_FusedConv2D', 'FusedDepthwiseConv2dNative', 'AvgPool', 'Reshape', 'ConcatV2',
}  # fmt: skip


def main() -> None:
    options = read_options()
    options.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format='%(asctime)s %(message)s',
        handlers=[logging.StreamHandler(), logging.FileHandler(options.out / 'make.log')],
    )
    torch.set_num_threads(options.threads)
    pictures = Pictures(options.images, options.out / 'inputs', options.seed)
    tasks = draw_tasks(options.out / 'tasks', options.seed)
    tasks += [Task.read(name, Path(folder)) for name, folder in options.probe]
    plans = [
        plan
        for plan in CANDIDATES
        if (not options.only or plan.name in options.only)
        and (options.teacher or not plan.student)
    ]
    rows = [judge_candidate(plan, pictures, tasks, options) for plan in plans]
    winner = max((row for row in rows if row['portable']), key=lambda row: row['mean'])
    references = [judge_reference(folder, pictures, tasks, options) for folder in options.compare]
    write_table(rows + references, winner['name'], [task.name for task in tasks], options.out)
    plan = next(plan for plan in CANDIDATES if plan.name == winner['name'])
    export(plan, pictures, options)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--images',
        type=Path,
        action='append',
        required=True,
        help='unlabelled pictures; dictionaries learn from the first folder, students from all',
    )
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument(
        '--teacher', type=Path, help='a TF.js graph model to distil; none: no students'
    )
    parser.add_argument(
        '--compare',
        type=Path,
        action='append',
        default=[],
        help='a TF.js model to judge on the same tasks; may be repeated',
    )
    parser.add_argument(
        '--only', action='append', help='a candidate to make, none of the others; may be repeated'
    )
    parser.add_argument(
        '--probe',
        type=lambda text: text.split('=', 1),
        action='append',
        default=[],
        metavar='NAME=DIR',
        help='a folder with train/<class>/ and test/<class>/; may be repeated',
    )
    return parser.parse_args()


class Pictures:
    """Decoded inputs, kept on disk."""

    def __init__(self, images: list[Path], cache: Path, seed: int):
        self.images, self.cache, self.seed = images, cache, seed
        cache.mkdir(parents=True, exist_ok=True)

    def of_task(self, task: Task, side_px: int) -> tuple[np.ndarray, np.ndarray]:
        train = self.kept(f'{task.name}-train-{side_px}', lambda: load_inputs(task.train, side_px))
        test = self.kept(f'{task.name}-test-{side_px}', lambda: load_inputs(task.test, side_px))
        return train, test

    def to_learn_from(self, source: str, side_px: int) -> np.ndarray:
        """Of each photograph the centre and a random square; or as many drawn pictures."""
        make = self._draw if source == 'drawn' else self._squares
        return self.kept(f'learn-{source}-{side_px}', lambda: make(side_px))

    def to_distil(self, side_px: int) -> np.ndarray:
        """The first folder's, and of the others as many as there is room for."""
        first, *others = (find_pictures(folder) for folder in self.images)
        rest = [path for paths in others for path in paths]
        order = np.random.default_rng(self.seed).permutation(len(rest))
        paths = first + [rest[index] for index in order[: max(0, DISTILLED - len(first))]]
        return self.kept(f'distil-{side_px}', lambda: load_inputs(paths, side_px))

    def _squares(self, side_px: int) -> np.ndarray:
        random = np.random.default_rng(self.seed)
        paths = find_pictures(self.images[0])
        squares = (random_square(open_picture(path), random, SMALLEST_SQUARE) for path in paths)
        cut = np.stack([to_input(square, side_px) for square in squares])
        return np.concatenate([load_inputs(paths, side_px), cut])

    def _draw(self, side_px: int) -> np.ndarray:
        random = np.random.default_rng(self.seed)
        count = 2 * len(find_pictures(self.images[0]))
        return np.stack([to_input(drawn.dead_leaves(random), side_px) for _ in range(count)])

    def kept(self, name: str, make) -> np.ndarray:
        path = self.cache / f'{name}.npy'
        if not path.exists():
            log.info('making %s', name)
            unfinished = path.with_suffix('.part.npy')
            np.save(unfinished, make())
            unfinished.rename(path)
        return np.load(path)


def draw_tasks(folder: Path, seed: int) -> list[Task]:
    """The two tasks that the recipe draws; their generators draw nothing to learn from."""
    tasks = []
    for offset, kind in enumerate(('shapes', 'textures')):
        done = folder / kind / 'done'
        if not done.exists():
            drawn.draw_task(kind, folder / kind, np.random.default_rng([seed, offset]))
            done.touch()
        tasks.append(Task.read(kind, folder / kind))
    return tasks


def judge_candidate(plan: Plan, pictures: Pictures, tasks: list[Task], options) -> dict:
    kept = options.out / 'candidates' / f'{plan.slug}.json'
    if kept.exists():
        return json.loads(kept.read_text())
    start = time.monotonic()
    graph = learn(plan, pictures, options)
    learned = time.monotonic() - start
    scores = judge(graph, pictures, tasks, options.seed)
    row = {
        **describe(plan.name, graph, scores),
        'note': plan.note,
        'learnSeconds': round(learned),
        'portable': all(node.op in PORTABLE for node in graph.nodes),
    }
    log.info('%s: %s', plan.name, row['test'])
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(row, indent=2) + '\n')
    return row


def judge_reference(folder: Path, pictures: Pictures, tasks: list[Task], options) -> dict:
    kept = options.out / 'candidates' / f'{folder.name}.json'
    if kept.exists():
        return json.loads(kept.read_text())
    graph = read_network(folder)
    scores = judge(graph, pictures, tasks, options.seed)
    row = {**describe(folder.name, graph, scores), 'note': 'for comparison'}
    log.info('%s: %s', folder.name, row['test'])
    kept.write_text(json.dumps(row, indent=2) + '\n')
    return row


def learn(plan: Plan, pictures: Pictures, options) -> Graph:
    images = pictures.to_learn_from(plan.source, plan.side_px)
    student = learn_student(plan, pictures, options) if plan.student else None
    return round_weights(build(plan, images, options.seed, student))


def learn_student(plan: Plan, pictures: Pictures, options) -> Student:
    """Candidates with the same student share it."""
    images = pictures.to_distil(plan.side_px)
    features = pictures.kept(
        f'taught-{options.teacher.name}-{plan.side_px}',
        lambda: teach(read_graph(options.teacher), images, log),
    )
    student = StudentPlan(plan.side_px, plan.student, plan.steps)
    return distil(student, images, features, options.seed, options.out / 'student.pt')


def read_network(folder: Path) -> Graph:
    model = json.loads((folder / 'model.json').read_text())
    return read_graph(folder) if 'node' in model['modelTopology'] else read_layers_model(folder)


def judge(graph: Graph, pictures: Pictures, tasks: list[Task], seed: int) -> dict[str, Score]:
    scores = {}
    for task in tasks:
        train, test = pictures.of_task(task, graph.side_px)
        scores[task.name] = score(task, run(graph, train), run(graph, test), seed)
    return scores


def describe(name: str, graph: Graph, scores: dict[str, Score]) -> dict:
    """Candidates are ranked by the mean cross-validated accuracy on training pictures, so that
    what is said of test pictures isn't what the choice was made by."""
    blank = np.zeros((1, graph.side_px, graph.side_px, 3), np.uint8)
    weights = [value for value in graph.constants.values() if value.is_floating_point()]
    return {
        'name': name,
        'sidePx': graph.side_px,
        'embeddingLength': run(graph, blank).shape[1],
        'weights': sum(value.numel() for value in weights),
        'mean': float(np.mean([score.cross_validated for score in scores.values()])),
        'crossValidated': {task: round(score.cross_validated, 4) for task, score in scores.items()},
        'test': {task: round(score.test, 4) for task, score in scores.items()},
    }


def export(plan: Plan, pictures: Pictures, options) -> None:
    graph = learn(plan, pictures, options)
    images = pictures.to_learn_from(plan.source, plan.side_px)[:CHECKED]
    features = run(graph, images)
    folder = options.out / 'model'
    about = {
        'name': plan.name,
        'seed': options.seed,
        'inputSidePx': plan.side_px,
        'inputRange': [-1, 1],
        'embeddingLength': features.shape[1],
    }
    write_model(graph, folder, about)
    check = {'pictures': (images / 127.5 - 1).tolist(), 'features': features.tolist()}
    (options.out / 'check.json').write_text(json.dumps(check))
    log.info('%s → %s', plan.name, folder)


if __name__ == '__main__':
    main()
