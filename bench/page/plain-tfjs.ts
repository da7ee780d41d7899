/** The way TF.js's own documentation shows: TF.js 4.22 and the MobileNet package are scripts of the page. */
import type * as Mobilenet from '@tensorflow-models/mobilenet';
import type * as Tf from '@tensorflow/tfjs';
import type { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { BackendName } from '../../src/core/backend.ts';
import type { EpochsPage } from './contract.ts';
import { accuracyOf, chosenFiles, loadTask, timed, type LoadedTask } from './task.ts';

declare const tf: typeof Tf & { wasm: { setWasmPaths: typeof setWasmPaths } };
declare const mobilenet: typeof Mobilenet;

const RECIPE = { denseUnits: 100, epochs: 50, batchSize: 16, learningRate: 0.001 };
const SIDE_PX = 224;

type Infer = (picture: ImageBitmap) => Tf.Tensor;

let infer: Infer = () => {
  throw new Error('start() comes first');
};

const page: EpochsPage = {
  start: async (backboneId, backend) => {
    await useBackend(backend ?? 'wasm');
    const url = new URL(`models/${backboneId}/model.json`, document.baseURI).href;
    infer = backboneId.endsWith('_no_top') ? await loadLayers(url) : await loadPackage(url);
    return `TF.js ${tf.version.tfjs} on ${tf.getBackend()}`;
  },
  embed: (count) =>
    timed(count, async () => {
      const embeddings: ArrayLike<number>[] = [];
      for (const file of chosenFiles(count)) embeddings.push(await embedFile(file));
      if (embeddings.length !== count) throw new Error('not all were embedded');
    }),
  fit: async (name, epochs) => {
    const task = await loadTask(name);
    const head = createHead(task);
    const { rows, labels } = trainingTensors(task);
    const { seconds } = await timed(1, async () => {
      await head.fit(rows, labels, { epochs, batchSize: RECIPE.batchSize, shuffle: true });
    });
    const accuracy = epochs === RECIPE.epochs ? await judge(head, task) : null;
    tf.dispose([rows, labels]);
    head.dispose();
    return { seconds: (seconds * RECIPE.epochs) / epochs, accuracy };
  },
};

async function useBackend(backend: BackendName): Promise<void> {
  tf.wasm.setWasmPaths('vendor/tfjs-wasm/');
  if (!(await tf.setBackend(backend))) throw new Error(`no ${backend}`);
  await tf.ready();
}

async function loadPackage(modelUrl: string): Promise<Infer> {
  const network = await mobilenet.load({ version: 2, alpha: 1, modelUrl, inputRange: [-1, 1] });
  return (picture) => network.infer(picture as unknown as ImageData, true);
}

/** A base that the package doesn't offer: what it does, written out. */
async function loadLayers(url: string): Promise<Infer> {
  const network = await tf.loadLayersModel(url);
  return (picture) =>
    tf.tidy(() => {
      const pixels = tf.browser.fromPixels(picture).resizeBilinear([SIDE_PX, SIDE_PX], true);
      const features = network.predict(pixels.div(127.5).sub(1).expandDims(0)) as Tf.Tensor4D;
      return features.mean([1, 2]);
    });
}

async function embedFile(file: File): Promise<ArrayLike<number>> {
  const picture = await createImageBitmap(file);
  const features = infer(picture);
  picture.close();
  try {
    return await features.data();
  } finally {
    features.dispose();
  }
}

function createHead({ embeddingLength, classCount }: LoadedTask): Tf.Sequential {
  const head = tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [embeddingLength],
        units: RECIPE.denseUnits,
        activation: 'relu',
      }),
      tf.layers.dense({ units: classCount, activation: 'softmax' }),
    ],
  });
  head.compile({
    optimizer: tf.train.adam(RECIPE.learningRate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return head;
}

function trainingTensors({
  embeddings,
  embeddingLength,
  trainingCount,
  classes,
  classCount,
}: LoadedTask) {
  const values = embeddings.subarray(0, trainingCount * embeddingLength);
  const rows = tf.tensor2d(values, [trainingCount, embeddingLength]);
  const labels = tf.tidy(() =>
    tf.oneHot(tf.tensor1d(classes.slice(0, trainingCount), 'int32'), classCount).toFloat(),
  );
  return { rows, labels };
}

async function judge(head: Tf.Sequential, task: LoadedTask): Promise<number> {
  const { embeddingLength, trainingCount, classes, embeddings } = task;
  const held = embeddings.subarray(trainingCount * embeddingLength);
  const answer = tf.tidy(
    () =>
      head.predict(
        tf.tensor2d(held, [classes.length - trainingCount, embeddingLength]),
      ) as Tf.Tensor,
  );
  const probabilities = await answer.data();
  answer.dispose();
  return accuracyOf(probabilities, task);
}

(window as unknown as { bench: EpochsPage }).bench = page;
