"""Reads EMBEDDINGS.npy and SAMPLES.csv as a notebook does and prints what is in them."""
import csv
import json
import sys

import numpy

values = numpy.load(sys.argv[1])
with open(sys.argv[2], newline="", encoding="utf-8") as file:
    rows = list(csv.reader(file))
print(json.dumps([values.tolist(), str(values.dtype), rows]))
