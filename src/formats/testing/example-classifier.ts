import { evaluate } from '../../core/evaluation.ts';
import { createRandom } from '../../core/random.ts';
import type { DenseLayer, Head } from '../../core/head.ts';
import type { ExportedClassifier } from '../contract.ts';

/** A head with seeded weights. `units` are the hidden layers' and last the classes'. */
export function exampleHead(embeddingLength: number, units: readonly number[], seed = 1): Head {
  const random = createRandom(seed);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  let inputs = embeddingLength;
  const layers = units.map((count, index): DenseLayer => {
    const activation = index === units.length - 1 ? 'softmax' : 'relu';
    const layer = {
      units: count,
      kernel: numbers(inputs * count),
      bias: numbers(count),
      activation,
    } as const;
    inputs = count;
    return layer;
  });
  const classIds = Array.from({ length: inputs }, (_, index) => `${String(index)}-abcd`);
  return { embeddingLength, layers, classIds };
}

const text = (value: string) => new TextEncoder().encode(value);

/** Three classes, one of them called as badly as may be. */
export function exampleSource(change: Partial<ExportedClassifier> = {}): ExportedClassifier {
  const head = exampleHead(5, [4, 3]);
  const labels = ['hat', '<img src=x onerror=alert(1)>', '__proto__'];
  return {
    head,
    classes: head.classIds.map((id, index) => ({ id, label: labels[index] ?? '' })),
    backbone: {
      id: 'mobilenet_v2_1.0_224',
      name: 'MobileNetV2 1.0',
      kind: 'graph-model',
      sha256: 'ab'.repeat(32),
      bytes: 1234,
      inputSidePx: 224,
      inputRange: [-1, 1],
      embeddingLength: 5,
      featureLayer: 'module_apply_default/MobilenetV2/Logits/AvgPool',
      source: 'own-origin',
    },
    backboneFiles: [
      { name: 'model.json', bytes: text('{"modelTopology":{},"weightsManifest":[]}') },
      { name: 'group1-shard1of1.bin', bytes: new Uint8Array(64) },
    ],
    crop: 'centre',
    validation: evaluate(
      Int32Array.of(0, 0, 1, 2),
      Float32Array.of(0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8),
      3,
    ),
    test: null,
    fittedAtMillis: Date.UTC(2026, 0, 2, 3, 4, 5),
    playerFiles: [
      { name: 'index.html', bytes: text('<!doctype html>') },
      { name: 'player.js', bytes: text('// player') },
    ],
    ...change,
  };
}
