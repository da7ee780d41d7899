"""The networks that are compared: each is learned from pictures and is a graph at once."""

from dataclasses import dataclass, field

import numpy as np
import torch

import dictionary
from graph import Graph, GraphBuilder, run_map
from student import Block, Student, add_student

#: Patches that a dictionary is learned from.
PATCHES = 100_000


@dataclass(frozen=True)
class Scale:
    """One dictionary, on the input averaged over `shrink` x `shrink` pixels."""

    filters: int
    shrink: int = 1
    patch_px: int = 6
    stride: int = 2
    #: Cells on a side that its map is averaged in.
    grid: int = 3


@dataclass(frozen=True)
class Plan:
    name: str
    side_px: int = 64
    scales: tuple[Scale, ...] = (Scale(200),)
    #: Where a response starts to count, in standard deviations of the filter's responses.
    threshold: float = 0.5
    #: Where a response saturates, in the same unit; none: never.
    ceiling: float | None = None
    #: Divide each patch by its spread: Sub, Mul, Rsqrt.
    levelled: bool = False
    #: Square root of the pooled features.
    root: bool = False
    #: Side of a grid of average colours; 0: none.
    colour_grid: int = 0
    #: Kinds of colours whose shares are averaged on the first scale's grid; 0: none.
    colour_kinds: int = 0
    #: Filters of a second layer on the first scale's map; 0: none.
    second: int = 0
    #: A network that is distilled from a teacher, beside the dictionaries or alone; none: none.
    student: tuple[Block, ...] = ()
    #: Which of the student's blocks are features, and the cells on a side that each is averaged in.
    levels: tuple[tuple[int, int], ...] = ((-1, 1),)
    #: Batches that the student is fitted to.
    steps: int = 0
    #: What dictionaries are learned from: `photographs` or `drawn`.
    source: str = 'photographs'
    note: str = field(default='', compare=False)

    @property
    def slug(self) -> str:
        """For a file's name."""
        return self.name.replace(', ', '-').replace(' ', '-')


def build(plan: Plan, images: np.ndarray, seed: int, student: Student | None = None) -> Graph:
    """images: [count, side, side, 3] uint8 that dictionaries are learned from, squares of
    plan.side_px. student: already fitted."""
    random = torch.Generator().manual_seed(seed)
    scaled = torch.from_numpy(images).float() / 127.5 - 1
    builder = GraphBuilder(plan.side_px)
    parts: list[tuple[str, int]] = []
    for index, scale in enumerate(plan.scales):
        parts.append(_add_scale(builder, plan, scale, f'scale{index}', scaled, random))
    if plan.second:
        parts.append(_add_second(builder, plan, scaled, random))
    if plan.colour_grid:
        parts.append(_pool(builder, 'image', 'colour', plan.side_px, plan.colour_grid, 3))
    if plan.colour_kinds:
        parts.append(_add_colour_kinds(builder, plan, scaled, random))
    if student:
        maps = add_student(builder, student)
        for block, grid in plan.levels:
            level, name = maps[block], f'student/level{block % len(maps)}'
            parts.append(_pool(builder, level.node, name, level.side, grid, level.channels))
    _finish(builder, plan, parts)
    return builder.graph


def _add_scale(builder, plan: Plan, scale: Scale, name: str, scaled, random) -> tuple[str, int]:
    source, side = 'image', plan.side_px // scale.shrink
    if scale.shrink > 1:
        source = builder.average('image', f'{name}/shrunk', scale.shrink, scale.shrink)
    maps = _map_of(builder, source, scaled)
    patches = dictionary.sample_patches(maps, scale.patch_px, PATCHES, random)
    learned = dictionary.learn(patches, scale.filters, random)
    kernel = (scale.patch_px, scale.patch_px, 3, scale.filters)
    map_side = (side - scale.patch_px) // scale.stride + 1
    if plan.levelled:
        signed = _add_levelled(builder, scale, name, source, learned, patches, kernel)
        activation = _both_signs(builder, plan, name, signed, scale.filters)
    else:
        gain = 1 / (patches @ learned.filters - learned.offset).std(0)
        weights, bias = (learned.filters * gain).reshape(kernel), -learned.offset * gain
        activation = _rectified_conv(builder, plan, name, source, weights, bias, scale.stride)
    return _pool(builder, activation, name, map_side, scale.grid, 2 * scale.filters)


def _rectified_conv(builder, plan: Plan, name, source, weights, bias, stride) -> str:
    """Both signs of each filter, as one convolution with thresholds as its biases."""
    gain, relu = _saturation(plan)
    both = torch.cat([weights, -weights], 3) * gain
    biases = (torch.cat([bias, -bias]) - plan.threshold) * gain
    return builder.conv(source, f'{name}/conv', both, biases, stride, relu)


def _saturation(plan: Plan) -> tuple[float, str]:
    if plan.ceiling is None:
        return 1, 'Relu'
    return 6 / (plan.ceiling - plan.threshold), 'Relu6'


def _both_signs(builder, plan: Plan, name: str, source: str, filters: int) -> str:
    gain, relu = _saturation(plan)
    signs = torch.tensor([1.0, -1.0]).repeat(filters).reshape(1, 1, filters, 2) * gain
    biases = torch.full((2 * filters,), -plan.threshold * gain)
    return builder.depthwise(source, f'{name}/signs', signs, biases, relu)


def _add_levelled(builder, scale: Scale, name, source, learned, patches, kernel) -> str:
    """The responses divided by the spread of the patch under them, whitening's mean off."""
    values = patches.shape[1]
    spread = (patches.var(1, unbiased=False, keepdim=True) + dictionary.CONTRAST_FLOOR).sqrt()
    gain = 1 / (patches @ learned.filters / spread - learned.offset).std(0)
    raw = builder.conv(
        source, f'{name}/conv', (learned.filters * gain).reshape(kernel), None, scale.stride
    )
    box = torch.full((*kernel[:3], 1), 1 / values)
    mean = builder.conv(source, f'{name}/mean', box, None, scale.stride)
    squares = builder.simple('Square', f'{name}/squares', source)
    floor = torch.tensor([dictionary.CONTRAST_FLOOR])
    power = builder.conv(squares, f'{name}/power', box, floor, scale.stride)
    mean_square = builder.simple('Square', f'{name}/mean_square', mean)
    variance = builder.simple('Sub', f'{name}/variance', power, mean_square)
    inverse = builder.simple('Rsqrt', f'{name}/inverse', variance)
    levelled = builder.simple('Mul', f'{name}/levelled', raw, inverse)
    offset = builder.constant(f'{name}/offset', learned.offset * gain)
    return builder.simple('Sub', f'{name}/centred', levelled, offset)


def _add_second(builder, plan: Plan, scaled, random) -> tuple[str, int]:
    """3x3 patches of the first scale's map, averaged to about 15 pixels a side before."""
    source = builder.average('scale0/conv', 'second/shrunk', 2, 2)
    maps = _map_of(builder, source, scaled)
    channels = maps.shape[3]
    patches = dictionary.sample_patches(maps, 3, 60_000, random).sqrt()
    learned = dictionary.learn(patches, plan.second, random, rounds=8, levelled=False)
    patches = dictionary.sample_patches(maps, 3, 20_000, random)
    responses = patches @ learned.filters
    gain, offset = 1 / responses.std(0), responses.mean(0)
    weights = (learned.filters * gain).reshape(3, 3, channels, plan.second)
    name = _rectified_conv(builder, plan, 'second', source, weights, -offset * gain, 1)
    return _pool(builder, name, 'second', maps.shape[1] - 2, 3, 2 * plan.second)


def _add_colour_kinds(builder, plan: Plan, scaled, random) -> tuple[str, int]:
    """How near each pixel's colour is to each of the usual ones: what of a colour's product with
    a direction passes a threshold. On pixels averaged over 4 x 4."""
    source = builder.average('image', 'kinds/shrunk', 4, 4)
    colours = _map_of(builder, source, scaled).reshape(-1, 3)
    colours = colours[torch.randint(len(colours), (50_000,), generator=random)]
    learned = dictionary.learn(colours, plan.colour_kinds, random, levelled=False)
    responses = colours @ learned.filters
    gain, offset = 1 / responses.std(0), responses.mean(0)
    weights = (learned.filters * gain).reshape(1, 1, 3, plan.colour_kinds)
    name = _rectified_conv(builder, plan, 'kinds', source, weights, -offset * gain, 1)
    side, grid = plan.side_px // 4, plan.scales[0].grid
    return _pool(builder, name, 'kinds', side, grid, 2 * plan.colour_kinds)


def _map_of(builder, node: str, scaled: torch.Tensor) -> torch.Tensor:
    """What a node makes of the pictures: [count, height, width, channels]."""
    with torch.no_grad():
        return torch.cat([run_map(builder.graph, part, node) for part in scaled.split(100)])


def _pool(builder, source: str, name: str, side: int, grid: int, channels: int):
    """Averages on a grid of windows that reach both borders, overlapping by a pixel or so."""
    stride = side // grid
    window = side - stride * (grid - 1)
    pooled = builder.average(source, f'{name}/grid', window, stride)
    length = grid * grid * channels
    return builder.flatten(pooled, f'{name}/flat', length), length


def _finish(builder, plan: Plan, parts: list[tuple[str, int]]) -> None:
    """Ends in an average over a map of one pixel: it changes nothing, and marks the features as
    pooled for readers that look for the last pooling."""
    names = [name for name, _ in parts]
    whole = builder.concat(names, 'features') if len(names) > 1 else names[0]
    if plan.root:
        whole = builder.simple('Sqrt', 'root', whole)
    builder.average(whole, 'embedding', 1, 1)


#: Responses saturate early: where a filter answers matters more than how strongly.
SATURATING = {'threshold': 0.1, 'ceiling': 1.0}
STUDENT = {
    'student': (
        Block(32, 2, separable=False),
        Block(96, 2),
        Block(96),
        Block(160, 2),
        *[Block(160)] * 2,
        Block(320, 2),
        *[Block(320)] * 3,
        Block(512),
    ),
    'steps': 6000,
}
TWO_LEVELS = ((-2, 2), (-1, 1))
THREE_SCALES = (
    Scale(40, shrink=2, stride=1),
    Scale(40),
    Scale(50, shrink=4, stride=1),
)
FEW_FILTERS = (
    Scale(14, shrink=2, stride=1),
    Scale(14),
    Scale(16, shrink=4, stride=1),
)

CANDIDATES = (
    Plan(
        'levelled dictionary',
        levelled=True,
        root=True,
        note='200 filters, patches divided by their spread, square root (Coates and Ng)',
    ),
    Plan('dictionary', note='the same without division and root: one convolution, ReLU'),
    Plan('saturating dictionary', **SATURATING, note='the same with ReLU6, from 0.1 σ to 1 σ'),
    Plan('drawn dictionary', **SATURATING, source='drawn', note='learned from dead leaves'),
    Plan(
        'dictionary and colours',
        **SATURATING,
        scales=(Scale(150),),
        colour_grid=6,
        colour_kinds=16,
        note='150 filters, average colours on 6×6, shares of 16 colours on 3×3',
    ),
    Plan(
        'two layers',
        **SATURATING,
        side_px=32,
        scales=(Scale(80, stride=1),),
        second=120,
        note='80 filters at 32 px, then 120 over 3×3 of their map',
    ),
    Plan(
        'three scales',
        **SATURATING,
        scales=(Scale(80, shrink=2, stride=1), Scale(60), Scale(60, shrink=4, stride=1)),
        note='60, 80 and 60 filters at 64, 32 and 16 px',
    ),
    Plan(
        'three scales, two layers',
        **SATURATING,
        scales=THREE_SCALES,
        second=60,
        note='40, 40 and 50 filters at 64, 32 and 16 px, 60 more over the map at 32 px',
    ),
    Plan(
        'three scales, two layers, larger',
        **SATURATING,
        side_px=96,
        scales=(Scale(40, shrink=2, stride=1), Scale(30), Scale(60, shrink=4, stride=1)),
        second=60,
        note='30, 40 and 60 filters at 96, 48 and 24 px, 60 more over the map at 48 px',
    ),
    Plan('student', **STUDENT, scales=(), note='11 blocks, distilled; the last averaged'),
    Plan(
        'student, two levels',
        **STUDENT,
        levels=TWO_LEVELS,
        scales=(),
        note='the same, and the block before the last on 2×2',
    ),
    Plan(
        'student and dictionaries',
        **STUDENT,
        **SATURATING,
        levels=TWO_LEVELS,
        scales=FEW_FILTERS,
        second=20,
        note='both levels, beside 14, 14 and 16 filters at 32, 64 and 16 px and 20 in a second layer',
    ),
)
