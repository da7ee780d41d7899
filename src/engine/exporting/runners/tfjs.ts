import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { asIoHandler } from '../../../network/tfjs/io-handler.ts';
import { bringUp } from '../../device/bring-up.ts';
import { probeMachine } from '../../device/probe.ts';
import { parseModelJson } from '../../../network/read/model-parts.ts';
import { fileNamed, type LoadRunner } from '../runner.ts';

/** Teachable Machine's library takes levels to values by `level / 127 − 1`. */
const HALF_RANGE = 127;

/** A TF.js of its own, which has never seen the model, on WASM whatever the preview runs on. */
export const loadTfjs: LoadRunner = async (files, sidePx) => {
  await bringUp('wasm', await probeMachine());
  const main = fileNamed(files, 'model.json');
  const weights = fileNamed(files, 'weights.bin');
  const json = parseModelJson(main.name, main.bytes);
  if (!json.ok) throw new Error(json.problem.code);
  const model = await loadLayersModel(asIoHandler({ json: json.value, files: [main, weights] }));
  return {
    words: `TensorFlow.js ${tf.version_core}`,
    run: async (levels) => {
      const answer = tf.tidy(() => {
        const pixels = tf.tensor4d(Float32Array.from(levels), [1, sidePx, sidePx, 3]);
        return model.predict(tf.sub(tf.div(pixels, HALF_RANGE), 1)) as tf.Tensor;
      });
      const probabilities = Float32Array.from(await answer.data());
      answer.dispose();
      return probabilities;
    },
    dispose: () => {
      model.dispose();
    },
  };
};
