"""What a teacher makes of pictures: its pooled features, computed once and kept."""

import numpy as np
import torch
import torch.nn.functional as F

from graph import DEVICE, Graph, run_map

#: Pictures are enlarged to that before the teacher sees them: a network trained at 192 or 224 px
#: still tells things apart there, at half the cost or less.
SIDE_PX = 128
BATCH = 32


def teach(teacher: Graph, images: np.ndarray, log) -> np.ndarray:
    """images: [count, side, side, 3] uint8. Returns [count, features] float16, means over the map
    that the teacher's last pooling takes the mean of."""
    constants = {name: value.to(DEVICE) for name, value in teacher.constants.items()}
    teacher = Graph(teacher.side_px, teacher.nodes, constants)
    features = []
    for start in range(0, len(images), BATCH):
        if start % (BATCH * 500) == 0:
            log.info('teacher: %d of %d', start, len(images))
        features.append(_embed(teacher, images[start : start + BATCH]))
    return torch.cat(features).half().numpy()


def _embed(teacher: Graph, images: np.ndarray) -> torch.Tensor:
    pixels = torch.from_numpy(images).to(DEVICE).permute(0, 3, 1, 2).float() / 127.5 - 1
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    enlarged = F.interpolate(pixels, size=(SIDE_PX, SIDE_PX), mode='bilinear', align_corners=False)
    pooled = teacher.nodes[-1].inputs[0]
    with torch.no_grad(), torch.autocast(DEVICE, dtype=torch.bfloat16):
        return run_map(teacher, enlarged.permute(0, 2, 3, 1), pooled).mean((1, 2)).float().cpu()
