/**
 * Runs an exported model with TF.js, and compares it with PyTorch's answers:
 *   node pretraining/check_export.mjs DIR [--speed]
 * DIR holds model.json and weights.bin; beside it lies check.json (pictures already scaled, features).
 * Exits with 1 where they differ by more than a thousandth of the largest feature.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const TOLERANCE = 1e-3;
const folder = process.argv[2] ?? '.';
const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
setWasmPaths(dirname(wasm) + '/');
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
const weights = readFileSync(join(folder, 'weights.bin'));
const artifacts = {
  format: json.format,
  modelTopology: json.modelTopology,
  signature: json.signature,
  weightSpecs: json.weightsManifest[0].weights,
  weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
};
const check = JSON.parse(readFileSync(join(folder, '..', 'check.json'), 'utf8'));
const expected = check.features.flat();
const largest = Math.max(...expected.map(Math.abs));

for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const model = await tf.loadGraphModel({ load: () => Promise.resolve(artifacts) });
  const output = model.predict(tf.tensor(check.pictures));
  const found = await output.data();
  const difference = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - found[i])),
    0,
  );
  console.log(
    `${backend}: output [${output.shape.join(', ')}], largest ${largest.toFixed(3)}, ` +
      `largest difference ${difference.toExponential(1)}`,
  );
  if (!(difference <= TOLERANCE * largest)) process.exitCode = 1;
  if (backend === 'wasm' && process.argv.includes('--speed')) measureSpeed(model);
  model.dispose();
}

/** Of batches of one and of sixteen, after five to warm up. */
function measureSpeed(model) {
  for (const batch of [1, 16]) {
    const pictures = tf.randomUniform([batch, ...model.inputs[0].shape.slice(1)], -1, 1);
    const embed = () => tf.tidy(() => model.predict(pictures).dataSync());
    for (let i = 0; i < 5; i++) embed();
    const rounds = Math.ceil(200 / batch);
    const start = performance.now();
    for (let i = 0; i < rounds; i++) embed();
    const perSecond = (rounds * batch * 1000) / (performance.now() - start);
    console.log(`wasm, batches of ${batch}: ${perSecond.toFixed(0)} pictures/s`);
  }
}
