"""Asks ONNX's own checker about model.onnx in each FOLDER, with the shapes it infers. Prints what it says."""
import json
import sys

import onnx

answers = []
for folder in sys.argv[1:]:
    model = onnx.load(folder + "/model.onnx")
    problem = None
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # whatever it is, it is the answer
        problem = str(error)
    (output,) = model.graph.output
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph.output[0]
    answers.append(
        {
            "problem": problem,
            "opset": model.opset_import[0].version,
            "nodes": len(model.graph.node),
            "shapes": [
                [side.dim_value for side in one.type.tensor_type.shape.dim[1:]]
                for one in (output, inferred)
            ],
        }
    )
print(json.dumps({"version": onnx.__version__, "answers": answers}))
