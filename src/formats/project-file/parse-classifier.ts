import type { BackboneInfo } from '../../core/backbone.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Judged } from '../../core/evaluation.ts';
import type { EpochReport } from '../../core/head.ts';
import { MAX_LABEL_LENGTH } from '../../core/dataset.ts';
import { type Field, ShapeError } from '../field.ts';
import { MAX_CLASSES, readEvaluation, readRange, SHA256 } from '../parse-metadata.ts';
import { WEIGHTS_FILE } from './layout.ts';
import { ID, readMillis, readOptions } from './parse-dataset.ts';
import { planLayers, unpackWeights } from './weights.ts';

const MOST_REPORTS = 1_000_000;
const MOST_JUDGED = 1_000_000;

/**
 * @param readWeights the bytes of the weights, if there are so many.
 * @throws ShapeError that names the field.
 */
export async function parseClassifier(
  field: Field,
  readWeights: (bytes: number) => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<Classifier | null> {
  if (field.isNull) return null;
  const head = field.get('head');
  const classIds = head
    .get('classIds')
    .items(1, MAX_CLASSES)
    .map((id) => id.text(64, ID));
  const count = classIds.length;
  if (new Set(classIds).size < count) throw head.error('must have different classes');
  const backbone = readBackbone(field.get('backbone'));
  const embeddingLength = head.get('embeddingLength').integer(1, 1_000_000);
  const { plans, bytes } = planLayers(head.get('layers'), embeddingLength, count);
  const weights = await readWeights(bytes);
  if (weights?.length !== bytes) throw new ShapeError(WEIGHTS_FILE, 'has other weights');
  return {
    head: { embeddingLength, layers: unpackWeights(plans, weights), classIds },
    classes: field
      .get('classes')
      .items(count, count)
      .map((one) => ({
        id: one.get('id').text(64, ID),
        label: one.get('label').text(MAX_LABEL_LENGTH),
      })),
    backbone,
    crop: field.get('crop').oneOf(['centre', 'pad', 'stretch']),
    history: field.get('history').items(0, MOST_REPORTS).map(readReport),
    bestEpoch: field.get('bestEpoch').integer(0, MOST_REPORTS),
    validation: readEvaluation(field.get('validation'), count),
    test: readEvaluation(field.get('test'), count),
    judged: field
      .get('judged')
      .items(0, MOST_JUDGED)
      .map((one) => readJudged(one, count)),
    options: readOptions(field.get('options')),
    fingerprint: field.get('fingerprint').isNull ? null : field.get('fingerprint').text(200),
    fittedAtMillis: readMillis(field.get('fittedAtMillis')),
  };
}

function readBackbone(field: Field): BackboneInfo {
  return {
    id: field.get('id').text(200),
    name: field.get('name').text(300),
    kind: field.get('kind').oneOf(['graph-model', 'layers-model']),
    sha256: field.get('sha256').text(64, SHA256),
    bytes: field.get('bytes').integer(0, Number.MAX_SAFE_INTEGER),
    inputSidePx: field.get('inputSidePx').integer(1, 8192),
    inputRange: readRange(field.get('inputRange')),
    embeddingLength: field.get('embeddingLength').integer(1, 1_000_000),
    featureLayer: field.get('featureLayer').text(1000),
    source: field.get('source').oneOf(['own-origin', 'public-hosting', 'cache', 'files']),
  };
}

function readJudged(field: Field, classCount: number): Judged {
  return {
    sampleId: field.get('sampleId').text(64, ID),
    actual: field.get('actual').integer(0, classCount - 1),
    predicted: field.get('predicted').integer(0, classCount - 1),
    confidence: field.get('confidence').number(0, 1.001),
  };
}

function readReport(field: Field): EpochReport {
  return {
    epoch: field.get('epoch').integer(0, Number.MAX_SAFE_INTEGER),
    learningRate: numberOrNull(field.get('learningRate')),
    l2: field.get('l2').number(0, Number.MAX_VALUE),
    // JSON knows no others than finite numbers.
    loss: numberOrNull(field.get('loss')) ?? Number.NaN,
    accuracy: field.get('accuracy').number(0, 1),
    validationLoss: numberOrNull(field.get('validationLoss')),
    validationAccuracy: numberOrNull(field.get('validationAccuracy')),
  };
}

function numberOrNull(field: Field): number | null {
  return field.isNull ? null : field.number(-Number.MAX_VALUE, Number.MAX_VALUE);
}
