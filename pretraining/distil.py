"""Trains a student to say what a teacher says of pictures: its pooled features, not its answers
(A. Romero et al., "FitNets", ICLR 2015, with the last layer as the hint).

The teacher's features are standardised, rotated to their principal axes, and cut to the first of
these; the student's pooled features reach them by one linear layer, which is then left out.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from graph import DEVICE
from student import Block, Student

log = logging.getLogger('distil')

#: Principal axes of the teacher's features that are learned.
TARGETS = 512
BATCH = 128
PEAK_RATE = 3e-3
WEIGHT_DECAY = 0.02
#: Share of the steps that the rate rises in, before it falls as a cosine.
WARM_UP = 0.05
#: A batch is cropped to between this share of its side and all of it.
SMALLEST_CROP = 7 / 8
#: Steps between checkpoints.
CHECKPOINT = 500


@dataclass(frozen=True)
class StudentPlan:
    side_px: int
    blocks: tuple[Block, ...]
    steps: int


def distil(
    plan: StudentPlan, images: np.ndarray, features: np.ndarray, seed: int, checkpoint: Path
) -> Student:
    """images: [count, side, side, 3] uint8. features: [count, features], the teacher's.
    checkpoint: written every few steps, gone on from where it is there."""
    torch.manual_seed(seed)
    targets = reduce_targets(torch.from_numpy(features).float()).to(DEVICE)
    student = Student(plan.blocks).to(memory_format=torch.channels_last)
    head = nn.Linear(student.channels, targets.shape[1])
    both = nn.ModuleList([student, head]).to(DEVICE).train()
    optimizer = torch.optim.AdamW(both.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)
    first = _resume(both, optimizer, checkpoint)
    mean_loss = 0.0
    for step in range(first, plan.steps):
        for group in optimizer.param_groups:
            group['lr'] = rate_at(step / plan.steps)
        which = _batch_at(step, len(images), seed)
        pixels = augment(images[which], np.random.default_rng([seed, step])).to(DEVICE)
        with torch.autocast(DEVICE, dtype=torch.bfloat16):
            pooled = student(pixels)
        loss = F.mse_loss(head(pooled.float()), targets[torch.from_numpy(which)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean_loss += (loss.item() - mean_loss) / min(step - first + 1, CHECKPOINT)
        if (step + 1) % CHECKPOINT == 0:
            log.info('step %d of %d: loss %.4f', step + 1, plan.steps, mean_loss)
            _save(both, optimizer, step + 1, checkpoint)
    return student.cpu().eval()


def reduce_targets(features: torch.Tensor) -> torch.Tensor:
    """[count, at most TARGETS] of variance 1 on average, the largest principal axes first."""
    standard = (features - features.mean(0)) / (features.std(0) + 0.01)
    _, axes = torch.linalg.eigh(standard.T @ standard / len(standard))
    reduced = standard @ axes.flip(1)[:, :TARGETS]
    return reduced / reduced.square().mean().sqrt()


def rate_at(done: float) -> float:
    """done: share of the steps. A linear rise, then half a cosine down to nothing."""
    if done < WARM_UP:
        return PEAK_RATE * (0.04 + 0.96 * done / WARM_UP)
    return PEAK_RATE * 0.5 * (1 + np.cos(np.pi * (done - WARM_UP) / (1 - WARM_UP)))


def augment(images: np.ndarray, random: np.random.Generator) -> torch.Tensor:
    """[count, 3, side, side] in [-1, 1]: all of a batch cropped alike, each picture mirrored every
    second time, and its contrast and colours varied. None of it changes what the teacher would say
    by much, so that its answer to the whole picture serves."""
    count, side = len(images), images.shape[1]
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1
    crop = int(random.integers(round(side * SMALLEST_CROP), side + 1))
    top, left = random.integers(0, side - crop + 1, 2)
    pixels = pixels[:, :, top : top + crop, left : left + crop]
    pixels = F.interpolate(pixels, size=(side, side), mode='bilinear', align_corners=False)
    mirrored = torch.from_numpy(random.random((count, 1, 1, 1)) < 0.5)
    pixels = torch.where(mirrored, pixels.flip(3), pixels)
    gain = torch.from_numpy(np.exp(random.normal(0, 0.12, (count, 1, 1, 1)))).float()
    tint = torch.from_numpy(random.normal(0, 0.06, (count, 3, 1, 1))).float()
    pixels = (pixels * gain + tint).clamp(-1, 1)
    return pixels.contiguous(memory_format=torch.channels_last)


def _batch_at(step: int, count: int, seed: int) -> np.ndarray:
    """Indices, ascending: every epoch goes through all pictures in an order of its own."""
    per_epoch = count // BATCH
    epoch, batch = divmod(step, per_epoch)
    order = np.random.default_rng([seed, 0, epoch]).permutation(count)
    return np.sort(order[batch * BATCH : (batch + 1) * BATCH])


def _save(both: nn.Module, optimizer, step: int, checkpoint: Path) -> None:
    unfinished = checkpoint.with_suffix('.part')
    state = {'networks': both.state_dict(), 'optimizer': optimizer.state_dict(), 'step': step}
    torch.save(state, unfinished)
    unfinished.rename(checkpoint)


def _resume(both: nn.Module, optimizer, checkpoint: Path) -> int:
    """The step to go on from."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location=DEVICE)
    both.load_state_dict(state['networks'])
    optimizer.load_state_dict(state['optimizer'])
    return state['step']
