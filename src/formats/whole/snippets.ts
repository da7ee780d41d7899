import type { Crop } from '../../core/preprocess.ts';
import type { ExportedClassifier } from '../contract.ts';
import type { WholeFormat } from '../../core/export-format.ts';

/** A way to use an export. */
export interface Snippet {
  readonly title: string;
  readonly text: string;
}

type Source = Pick<ExportedClassifier, 'backbone' | 'crop'>;

/** Code that uses each format, with the preview's own preprocessing where the language has it. */
export const SNIPPETS: Readonly<Record<WholeFormat, (source: Source) => readonly Snippet[]>> = {
  tfjs: () => [
    {
      title:
        'In a web page, by Teachable Machine’s library. It crops the middle and resizes by the browser’s canvas: probabilities differ a little from the preview’s.',
      text: TEACHABLE,
    },
    {
      title: 'By TensorFlow.js alone, pixels prepared as above:',
      text: TFJS,
    },
  ],
  tflite: (source) => [
    { title: 'In Python (pip install ai-edge-litert pillow numpy):', text: litert(source) },
    {
      title:
        'On Android: LiteRT (com.google.ai.edge.litert). On iOS: LiteRT for Swift (TensorFlowLiteSwift). Both run model.tflite as it is; prepare the picture as above.',
      text: 'Interpreter("model.tflite").run(pixels, probabilities)',
    },
    {
      title:
        'MediaPipe’s and the Task Library’s image classifiers find the labels in the file; they resize pictures in a way of their own. In web pages, MediaPipe reports its use to Google from its version 1.0 on.',
      text: 'ImageClassifier.createFromOptions(vision, { baseOptions: { modelAssetPath: "model.tflite" } })',
    },
  ],
  keras: (source) => [
    {
      title: 'In Python (pip install keras numpy pillow, and TensorFlow, JAX or PyTorch):',
      text: keras(source),
    },
  ],
  pytorch: () => [
    { title: 'From the command line (pip install torch numpy pillow):', text: PYTORCH_COMMAND },
    { title: 'In Python, in this folder:', text: PYTORCH },
  ],
  onnx: (source) => [
    { title: 'In Python (pip install onnxruntime pillow numpy):', text: onnx(source) },
    { title: 'In a web page or Node, by onnxruntime-web:', text: ONNX_WEB },
  ],
};

const TEACHABLE = `
<!-- tf.min.js of @tensorflow/tfjs 1.3.1, teachablemachine-image.min.js of @teachablemachine/image 0.8.5 -->
<script src="tf.min.js"></script>
<script src="teachablemachine-image.min.js"></script>
<script type="module">
  const model = await tmImage.load('model.json', 'metadata.json');
  console.log(await model.predict(document.querySelector('img')));
</script>
`;

const TFJS = `
const model = await tf.loadLayersModel('model.json');
// levels: Float32Array of side * side * 3 numbers from 0 to 255
const input = tf.tensor4d(levels.map((v) => v / 127 - 1), [1, side, side, 3]);
const probabilities = await model.predict(input).data();
`;

const PYTORCH_COMMAND = 'python3 model.py picture.jpg';

const PYTORCH = `
from model import Classifier, load_picture
model = Classifier("model.safetensors").eval()
picture = load_picture("picture.jpg", model.side, model.crop)
print(dict(zip(model.labels, model(picture[None])[0].tolist())))
`;

const ONNX_WEB = `
import * as ort from 'onnxruntime-web';
const session = await ort.InferenceSession.create('model.onnx');
// levels: Float32Array of side * side * 3 numbers from 0 to 255
const image = new ort.Tensor('float32', levels, [1, side, side, 3]);
const { output } = await session.run({ image });
console.log(output.data);
`;

function litert(source: Source): string {
  return `
import sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter
${pillow(source)}
model = Interpreter("model.tflite")
model.allocate_tensors()
model.set_tensor(model.get_input_details()[0]["index"], load(sys.argv[1]))
model.invoke()
answer = model.get_tensor(model.get_output_details()[0]["index"])[0]
${PRINT}`;
}

function keras(source: Source): string {
  return `
import sys
import numpy as np
import keras
${pillow(source)}
model = keras.models.load_model("model.keras")
answer = model.predict(load(sys.argv[1]))[0]
${PRINT}`;
}

function onnx(source: Source): string {
  return `
import sys
import numpy as np
import onnxruntime
${pillow(source)}
session = onnxruntime.InferenceSession("model.onnx")
answer = session.run(None, {"image": load(sys.argv[1])})[0][0]
${PRINT}`;
}

const PRINT = `
for label, share in zip(open("labels.txt", encoding="utf-8").read().splitlines(), answer):
    print(f"{share:7.2%}  {label}")
`;

/** The specified way from a file to levels, which Pillow has: the same numbers as the preview's. */
function pillow({ backbone, crop }: Source): string {
  const side = String(backbone.inputSidePx);
  return `from PIL import Image, ImageOps

def load(path):
    picture = Image.open(path)
    if not picture.info.get("progressive"):
        # Large JPEGs are decoded at a part of their size, as the preview does.
        picture.draft(None, (${2 * backbone.inputSidePx}, ${2 * backbone.inputSidePx}))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(white, picture).convert("RGB")
${CROPS[crop].replaceAll('SIDE', side)}
    return np.asarray(picture, np.float32)[np.newaxis]
`;
}

const CROPS: Readonly<Record<Crop, string>> = {
  centre: `    width, height = picture.size
    m = min(width, height)
    left, top = (width - m) // 2, (height - m) // 2
    picture = picture.crop((left, top, left + m, top + m))
    picture = picture.resize((SIDE, SIDE), Image.BILINEAR)`,
  pad: `    picture = ImageOps.pad(picture, (SIDE, SIDE), Image.BILINEAR, "black")`,
  stretch: `    picture = picture.resize((SIDE, SIDE), Image.BILINEAR)`,
};
