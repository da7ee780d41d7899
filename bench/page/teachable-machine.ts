/** Teachable Machine's own library, used as its own site does; TF.js 1.3.1 and the library are scripts of the page. */
import type * as Tf from '@tensorflow/tfjs';
import type { EpochsPage } from './contract.ts';
import { accuracyOf, chosenFiles, loadTask, timed, type LoadedTask } from './task.ts';

/** What is used of `@teachablemachine/image` 0.8.5. */
interface TeachableModel {
  setLabels(labels: string[]): void;
  addExample(classIndex: number, sample: HTMLCanvasElement): Promise<void>;
  train(parameters: {
    denseUnits: number;
    epochs: number;
    learningRate: number;
    batchSize: number;
  }): Promise<unknown>;
  /** Embeddings of each class: what `addExample` fills. */
  examples: Float32Array[][];
  trainDataset: unknown;
  trainingModel: Tf.LayersModel;
}

declare const tf: typeof Tf;
declare const tmImage: {
  readonly IMAGE_SIZE: number;
  createTeachable(
    metadata: { readonly labels: string[] },
    options: { readonly checkpointUrl: string; readonly trainingLayer: string },
  ): Promise<TeachableModel>;
};

/** What its site trains with unless told otherwise. */
const RECIPE = { denseUnits: 100, epochs: 50, batchSize: 16, learningRate: 0.001 };

let model: TeachableModel | null = null;

const page: EpochsPage = {
  start: async (backboneId) => {
    const checkpointUrl = new URL(`models/${backboneId}/model.json`, document.baseURI).href;
    const trainingLayer = await outputLayer(checkpointUrl);
    model = await tmImage.createTeachable({ labels: ['all'] }, { checkpointUrl, trainingLayer });
    return `TF.js ${tf.version.tfjs} on ${tf.getBackend()}`;
  },
  embed: (count) => {
    const teachable = started();
    teachable.setLabels(['all']);
    return timed(count, async () => {
      for (const file of chosenFiles(count))
        await teachable.addExample(0, cropSquare(await loadImage(file)));
    });
  },
  fit: async (name, epochs) => {
    const teachable = started();
    const task = await loadTask(name);
    fillExamples(teachable, task);
    const { seconds } = await timed(1, async () => {
      await teachable.train({ ...RECIPE, epochs });
    });
    const complete = epochs === RECIPE.epochs;
    const accuracy = complete ? judge(teachable.trainingModel, task) : null;
    teachable.trainingModel.dispose();
    return { seconds: (seconds * RECIPE.epochs) / epochs, accuracy };
  },
};

function started(): TeachableModel {
  if (model === null) throw new Error('start() comes first');
  return model;
}

interface Topology {
  readonly config: { readonly output_layers: readonly [readonly [string]] };
}

/** `out_relu` of the published base. */
async function outputLayer(url: string): Promise<string> {
  const { modelTopology } = (await (await fetch(url)).json()) as {
    modelTopology: Topology | { model_config: Topology };
  };
  const topology = 'model_config' in modelTopology ? modelTopology.model_config : modelTopology;
  return topology.config.output_layers[0][0];
}

/** The same embeddings as everybody's, where `addExample` would have put its own. */
function fillExamples(teachable: TeachableModel, task: LoadedTask): void {
  // It keeps the examples of classes that there no longer are.
  teachable.examples.length = 0;
  teachable.setLabels(
    Array.from({ length: task.classCount }, (_, index) => `class ${String(index)}`),
  );
  teachable.trainDataset = undefined;
  const { embeddingLength: length, classes, trainingCount, embeddings } = task;
  for (const [row, one] of classes.slice(0, trainingCount).entries())
    teachable.examples[one]?.push(embeddings.slice(row * length, (row + 1) * length));
}

function judge(head: Tf.LayersModel, task: LoadedTask): number {
  const { embeddingLength: length, trainingCount, classes, embeddings } = task;
  const held = embeddings.subarray(trainingCount * length);
  const answer = tf.tidy(
    () => head.predict(tf.tensor2d(held, [classes.length - trainingCount, length])) as Tf.Tensor,
  );
  const probabilities = answer.dataSync();
  answer.dispose();
  return accuracyOf(probabilities, task);
}

async function loadImage(file: File): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Its site's crop: the shorter side to 224, both sides rounded up, the centre drawn. */
function cropSquare(image: HTMLImageElement): HTMLCanvasElement {
  const side = tmImage.IMAGE_SIZE;
  const scale = side / Math.min(image.naturalWidth, image.naturalHeight);
  const width = Math.ceil(image.naturalWidth * scale);
  const height = Math.ceil(image.naturalHeight * scale);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  canvas
    .getContext('2d')
    ?.drawImage(
      image,
      -Math.floor((width - side) / 2),
      -Math.floor((height - side) / 2),
      width,
      height,
    );
  return canvas;
}

(window as unknown as { bench: EpochsPage }).bench = page;
