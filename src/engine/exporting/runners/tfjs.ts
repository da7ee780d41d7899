import { parseModelJson } from '../../../network/read/model-parts.ts';
import { loadWhole, TFJS_VERSION } from '../../../network/tfjs/layers-library.ts';
import { bringUp, probeMachine } from '../../device/bring-up.ts';
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
  const model = await loadWhole({ json: json.value, files: [main, weights] });
  return {
    words: `TensorFlow.js ${TFJS_VERSION}`,
    run: (levels) => {
      const values = Float32Array.from(levels, (level) => Math.fround(level / HALF_RANGE) - 1);
      return model.run(values, sidePx);
    },
    dispose: model.dispose,
  };
};
