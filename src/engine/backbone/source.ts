import { findBackbone, parseBackboneId } from '../../core/backbone-catalogue.ts';
import { isOwnBackboneId, ownBackboneId, type BackboneInfo } from '../../core/backbone.ts';
import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Problem, type Result } from '../../core/problem.ts';
import type { BackboneRequest } from '../contract.ts';
import { cacheModel, readCachedModel } from './cache.ts';
import { downloadModel, type NotServed, type ReportProgress } from './download.ts';
import type { FoundModel } from '../../network/read/read-backbone.ts';
import {
  findModelJson,
  identifyModel,
  type ModelParts,
  readModelFiles,
} from '../../network/read/model-parts.ts';

/**
 * Gets hold of a backbone's files: Cache Storage, then the page's own origin,
 * then the catalogue's public hostings in order; or the files that a person chose.
 *
 * @throws when the signal aborts.
 */
export async function findModel(
  request: BackboneRequest,
  baseUrl: string,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Result<FoundModel>> {
  if (request.kind === 'files') return fromFiles(request.files, request.inputRange);
  const { id } = request;
  const cached = await readCachedModel(id, baseUrl);
  if (cached !== null) return ok(await named(id, cached.parts, 'cache', cached.hostingRange));
  if (isOwnBackboneId(id)) return failed({ code: 'own-backbone-missing', id });
  if (request.keptOnly === true) return failed(whyNowhere(id, []));

  const tried: { url: string; outcome: NotServed }[] = [];
  for (const { url, source, range } of addressesOf(id, baseUrl)) {
    const download = await downloadModel(id, url, report, signal);
    if (download.ok) {
      await cacheModel(id, baseUrl, { parts: download.value, hostingRange: range });
      return ok(await named(id, download.value, source, range));
    }
    tried.push({ url: url.href, outcome: download.value });
  }
  return failed(whyNowhere(id, tried));
}

interface Address {
  readonly url: URL;
  readonly source: BackboneInfo['source'];
  readonly range: InputRange | null;
}

function addressesOf(id: string, baseUrl: string): Address[] {
  const own = new URL(`models/${encodeURIComponent(id)}/model.json`, baseUrl);
  const { hostings = [], ownRange = null } = findBackbone(id) ?? {};
  return [
    { url: own, source: 'own-origin', range: ownRange },
    ...hostings.map(({ url, inputRange }) => ({
      url: new URL(url),
      source: 'public-hosting' as const,
      range: inputRange,
    })),
  ];
}

/** A download that was cut off says more than that another address didn't answer. */
function whyNowhere(id: string, tried: readonly { url: string; outcome: NotServed }[]): Problem {
  const telling = tried.map(({ outcome }) => outcome.problem).filter((problem) => problem !== null);
  return (
    telling.find((problem) => problem.code === 'backbone-interrupted') ??
    telling[0] ?? {
      code: 'backbone-unreachable',
      id,
      tried: tried.map(({ url, outcome }) => ({ url, reason: outcome.reason })),
    }
  );
}

async function named(
  id: string,
  parts: ModelParts,
  source: BackboneInfo['source'],
  hosting: InputRange | null,
): Promise<FoundModel> {
  const read = parseBackboneId(id);
  const name = findBackbone(id)?.name ?? read?.name ?? id;
  return {
    parts,
    hints: { asked: null, hosting, isMobilenet: read !== null },
    identity: { id, name, kind: parts.json.kind, source, ...(await identifyModel(parts)) },
  };
}

async function fromFiles(
  files: readonly File[],
  asked: InputRange | null,
): Promise<Result<FoundModel>> {
  const read = await readModelFiles(files);
  if (!read.ok) return read;
  const parts = read.value;
  const identity = await identifyModel(parts);
  return ok({
    parts,
    hints: { asked, hosting: null, isMobilenet: false },
    identity: {
      id: ownBackboneId(identity.sha256),
      name: findModelJson(files)?.name ?? '',
      kind: parts.json.kind,
      source: 'files',
      ...identity,
    },
  });
}
