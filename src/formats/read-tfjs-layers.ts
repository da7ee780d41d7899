import { at } from '../core/at.ts';
import type { DenseLayer } from '../core/head.ts';
import { Field, ShapeError } from './field.ts';
import { HEAD_FILE, WEIGHTS_FILE } from './tfjs-layers.ts';

/** A head without its classes, as the layers model holds it. */
export interface DenseStack {
  readonly embeddingLength: number;
  readonly layers: readonly DenseLayer[];
}

/** The topology and the weights it calls for, before a byte of them is read. */
export interface HeadPlan {
  readonly embeddingLength: number;
  readonly layers: readonly { readonly units: number; readonly activation: 'relu' | 'softmax' }[];
  /** Names of the weight files, in the order in which their bytes follow each other. */
  readonly weightFiles: readonly string[];
  readonly weightBytes: number;
}

const MAX_LAYERS = 16;
const MAX_UNITS = 1_000_000;

/**
 * Reads a `model.json` that {@link writeHead} wrote, or one just like it: a
 * Sequential of Dense layers with float32 weights in the layers' order.
 *
 * @throws ShapeError that names the place.
 */
export function planHead(modelJson: string): HeadPlan {
  const root = Field.parse(modelJson, HEAD_FILE);
  const topology = root.get('modelTopology');
  topology.get('class_name').oneOf(['Sequential']);
  const layers = topology.get('config').get('layers').items(1, MAX_LAYERS).map(readDense);
  const embeddingLength = at(layers, 0).inputs;
  if (embeddingLength === null) throw new ShapeError(HEAD_FILE, 'it does not say its input shape');
  if (layers.findIndex(({ activation }) => activation === 'softmax') !== layers.length - 1) {
    throw new ShapeError(HEAD_FILE, 'it must end in its only softmax layer');
  }
  const group = at(root.get('weightsManifest').items(1, 1), 0);
  const weightBytes = checkShapes(group.get('weights'), layers, embeddingLength);
  const weightFiles = group
    .get('paths')
    .items(1, 1000)
    .map((path) => path.text(255));
  // A small file named a thousand times would stand for gigabytes.
  if (new Set(weightFiles).size < weightFiles.length)
    throw group.get('paths').error('name a file twice');
  return { embeddingLength, layers, weightFiles, weightBytes };
}

interface Dense {
  readonly name: string;
  readonly units: number;
  readonly activation: 'relu' | 'softmax';
  /** Of a first layer; null where it follows another. */
  readonly inputs: number | null;
}

function readDense(layer: Field): Dense {
  layer.get('class_name').oneOf(['Dense']);
  const config = layer.get('config');
  config.get('use_bias').oneOf([true]);
  const shape = config.get('batch_input_shape');
  return {
    name: config.get('name').text(200),
    units: config.get('units').integer(1, MAX_UNITS),
    activation: config.get('activation').oneOf(['relu', 'softmax']),
    inputs: shape.isNull ? null : at(shape.items(2, 2), 1).integer(1, MAX_UNITS),
  };
}

/** @returns the bytes that weights of just these shapes take. */
function checkShapes(weights: Field, layers: readonly Dense[], embeddingLength: number): number {
  const specs = weights.items(layers.length * 2, layers.length * 2);
  let inputs = embeddingLength;
  let count = 0;
  for (const [index, { name, units }] of layers.entries()) {
    checkSpec(at(specs, index * 2), `${name}/kernel`, [inputs, units]);
    checkSpec(at(specs, index * 2 + 1), `${name}/bias`, [units]);
    count += (inputs + 1) * units;
    inputs = units;
  }
  return count * 4;
}

function checkSpec(spec: Field, name: string, shape: readonly number[]): void {
  spec.get('name').oneOf([name]);
  spec.get('dtype').oneOf(['float32']);
  if (!spec.get('quantization').isNull) throw spec.error('must not be quantised');
  const found = spec
    .get('shape')
    .items(shape.length, shape.length)
    .map((side) => side.integer(1, MAX_UNITS));
  if (found.some((side, index) => side !== shape[index])) {
    throw spec.error(`has shape [${found.join(', ')}] where its layer has [${shape.join(', ')}]`);
  }
}

/**
 * Cuts weights into layers.
 *
 * @param bytes exactly `plan.weightBytes`, little-endian float32.
 * @throws ShapeError where a value is not a finite number.
 */
export function readHead(plan: HeadPlan, bytes: ArrayBuffer): DenseStack {
  const view = new DataView(bytes);
  let offset = 0;
  const take = (count: number) => {
    const floats = new Float32Array(count);
    for (let index = 0; index < count; index++, offset += 4) {
      floats[index] = view.getFloat32(offset, true);
    }
    if (!floats.every(Number.isFinite))
      throw new ShapeError(WEIGHTS_FILE, 'it holds values that are not finite numbers');
    return floats;
  };
  let inputs = plan.embeddingLength;
  const layers = plan.layers.map(({ units, activation }) => {
    const layer = { units, activation, kernel: take(inputs * units), bias: take(units) };
    inputs = units;
    return layer;
  });
  return { embeddingLength: plan.embeddingLength, layers };
}
