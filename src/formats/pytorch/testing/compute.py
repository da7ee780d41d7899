"""Answers of classifiers to their `levels`, for the folders named. Channels go
first on the way in and, where there still is an image, last on the way out."""
import sys

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
from model import Classifier

for folder in sys.argv[1:]:
    model = Classifier(folder + "/model.safetensors")
    levels = np.fromfile(folder + "/levels", np.float32).reshape(-1, *model.steps[0]["shape"])
    with torch.inference_mode():
        answer = model(torch.from_numpy(levels).permute(0, 3, 1, 2))
    if answer.dim() == 4:
        answer = answer.permute(0, 2, 3, 1)
    answer.contiguous().numpy().tofile(folder + "/answer")
