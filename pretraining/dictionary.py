"""A dictionary of image patches: whitening and spherical k-means.

A. Coates, A. Ng, "The Importance of Encoding Versus Training with Sparse Coding and Vector
Quantization", ICML 2011, and "Learning Feature Representations with K-Means", 2012.
"""

from dataclasses import dataclass

import torch

#: Added to a patch's variance, in units of [-1, 1] pixels: 10 grey levels of 255, squared.
CONTRAST_FLOOR = (10 / 127.5) ** 2
#: Added to the eigenvalues before whitening patches of unit variance.
WHITENING_FLOOR = 0.1


@dataclass
class Dictionary:
    #: [values in a patch, filters]; whitening and the removal of a patch's mean are folded in.
    filters: torch.Tensor
    #: [filters]: what whitening's own mean takes off.
    offset: torch.Tensor


def sample_patches(maps: torch.Tensor, size: int, count: int, random: torch.Generator):
    """count patches of [size, size, channels], flattened, from maps [n, height, width, channels],
    each at a random place."""
    n, height, width, channels = maps.shape
    which = torch.randint(n, (count,), generator=random)
    top = torch.randint(height - size + 1, (count,), generator=random)
    left = torch.randint(width - size + 1, (count,), generator=random)
    steps = torch.arange(size)
    rows = (top[:, None] + steps)[:, :, None]
    columns = (left[:, None] + steps)[:, None, :]
    return maps[which[:, None, None], rows, columns].reshape(count, size * size * channels)


def learn(
    patches: torch.Tensor, filters: int, random: torch.Generator, rounds=15, levelled=True
) -> Dictionary:
    """patches: [count, values]. `levelled`: take off each patch's mean and divide by its spread
    before learning; the division isn't part of the filters."""
    values = patches.shape[1]
    removal = torch.eye(values)
    if levelled:
        removal -= 1 / values
        patches = patches @ removal
        patches = patches / (patches.square().mean(1, keepdim=True) + CONTRAST_FLOOR).sqrt()
    mean = patches.mean(0)
    whitening = _whitening(patches - mean)
    atoms = _spherical_kmeans((patches - mean) @ whitening, filters, random, rounds)
    folded = whitening @ atoms
    return Dictionary(removal @ folded, mean @ folded)


def _whitening(centred: torch.Tensor) -> torch.Tensor:
    """ZCA: [values, values]."""
    covariance = centred.T @ centred / len(centred)
    sizes, axes = torch.linalg.eigh(covariance)
    floor = WHITENING_FLOOR * sizes.mean()
    return axes @ torch.diag((sizes.clamp(min=0) + floor).rsqrt()) @ axes.T


def _spherical_kmeans(
    points: torch.Tensor, count: int, random: torch.Generator, rounds: int
) -> torch.Tensor:
    """[values, count] of unit length. A point belongs to the atom with the largest product,
    of either sign; an atom that nothing belongs to starts again at a random point."""
    atoms = _unit(torch.randn(points.shape[1], count, generator=random))
    for _ in range(rounds):
        sums = torch.zeros_like(atoms)
        used = torch.zeros(count)
        for chunk in points.split(20_000):
            products = chunk @ atoms
            nearest = products.abs().argmax(1)
            weights = products.gather(1, nearest[:, None])
            sums.index_add_(1, nearest, (chunk * weights).T)
            used += torch.bincount(nearest, minlength=count)
        fresh = points[torch.randint(len(points), (count,), generator=random)].T
        atoms = _unit(torch.where(used > 0, sums, fresh))
    return atoms


def _unit(columns: torch.Tensor) -> torch.Tensor:
    return columns / columns.norm(dim=0, keepdim=True).clamp(min=1e-9)
