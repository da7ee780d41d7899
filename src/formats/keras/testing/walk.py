"""Walks over MODEL.h5 and MODEL.keras as Keras's loaders do and prints what it meets."""
import hashlib
import io
import json
import sys
import zipfile

import h5py
import numpy


def weight(data):
    values = numpy.asarray(data, "<f4")
    return [list(data.shape), hashlib.sha256(values.tobytes()).hexdigest()]


def names(group, name):
    return [one.decode() for one in group.attrs[name]]


with h5py.File(sys.argv[1], "r") as file:
    group = file["model_weights"]
    old = [
        [name, [weight(group[name][one]) for one in names(group[name], "weight_names")]]
        for name in names(group, "layer_names")
    ]
    model = json.loads(file.attrs["model_config"])["class_name"]
with zipfile.ZipFile(sys.argv[2]) as packed:
    bad = packed.testzip()
    stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in packed.infolist())
    with h5py.File(io.BytesIO(packed.open("model.weights.h5").read()), "r") as file:
        layers = [layer["vars"] for layer in file["layers"].values() if len(layer["vars"])]
        new = [
            [each.attrs["name"], [weight(each[str(i)]) for i in range(len(each))]]
            for each in layers
        ]
print(json.dumps({"old": old, "new": new, "model": model, "bad": bad, "stored": stored}))
