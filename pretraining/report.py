"""The table of all candidates, as Markdown and as JSON."""

import json
from pathlib import Path


def write_table(rows: list[dict], winner: str, tasks: list[str], folder: Path) -> None:
    ranked = sorted(rows, key=lambda row: -row['mean'])
    (folder / 'candidates.json').write_text(json.dumps(ranked, indent=2) + '\n')
    titles = ['network', 'what it is', 'side', 'features', 'weights', *tasks, 'mean, train']
    lines = [_line(titles), _line(['---'] * len(titles))]
    lines += [_line(_cells(row, winner, tasks)) for row in ranked]
    (folder / 'candidates.md').write_text('\n'.join(lines) + '\n')


def _cells(row: dict, winner: str, tasks: list[str]) -> list[str]:
    """A task's cell: accuracy on test pictures, then cross-validated on training pictures."""
    name = f'**{row["name"]}**' if row['name'] == winner else row['name']
    accuracies = [f'{row["test"][task]:.3f} ({row["crossValidated"][task]:.3f})' for task in tasks]
    sizes = [str(row['sidePx']), str(row['embeddingLength']), str(row['weights'])]
    return [name, row['note'], *sizes, *accuracies, f'{row["mean"]:.3f}']


def _line(cells: list[str]) -> str:
    return f'| {" | ".join(cells)} |'
