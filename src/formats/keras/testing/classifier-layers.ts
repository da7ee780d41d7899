import { partsOf } from '../../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../../engine/testing/tiny-layers-model.ts';
import { kerasLayers, type KerasLayer } from '../../layers/keras-layers.ts';
import { classifierNetwork, scalingOfLevels } from '../../../network/classifier-network.ts';
import { importNetwork } from '../../../network/read/import-network.ts';
import { exampleHead } from '../../testing/example-classifier.ts';

const SIDE_PX = 33;
const FEATURES = 12;

/** A backbone with batch norms, paddings and an addition, scaling before it and a head behind it. */
export function classifierLayers(): readonly KerasLayer[] {
  const read = importNetwork(partsOf(tinyLayersModel({ sidePx: SIDE_PX, features: FEATURES })), {
    inputSidePx: SIDE_PX,
    output: null,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const head = exampleHead(FEATURES, [5, 3]);
  return kerasLayers(classifierNetwork(read.value, head, scalingOfLevels([-1, 1])));
}
