import type { BackboneInfo } from '../core/backbone.ts';
import type { BackendFacts, BackendName, BackendStatus } from '../core/backend.ts';
import { chooseBackend, type BackendCandidate } from '../core/backend-choice.ts';
import { Cancelled, failed, ok, type Result } from '../core/problem.ts';
import { loadBackbone } from './backbone/load.ts';
import type { Backbone } from './backbone/backbone.ts';
import type { FoundModel } from './backbone/source.ts';
import type { EngineEvent } from './contract.ts';
import { bringUp, retire } from './device/bring-up.ts';
import { DeviceLost, isLoss, type Device } from './device/device.ts';
import { probeMachine } from './device/probe.ts';
import { createTurns } from './turns.ts';

/** A backbone on the device, with what is needed to bring it onto another. */
export interface LoadedBackbone {
  readonly found: FoundModel;
  readonly info: BackboneInfo;
  readonly network: Backbone;
}

/**
 * The device in use and the backbone on it. Work asks for them through
 * `onDevice` and `onBackbone`; when the device is lost under it, the next best
 * backend comes up, the backbone is loaded again from memory, and the work
 * runs again.
 */
export interface Session {
  start(asked: BackendName | null): Promise<Result<BackendStatus>>;
  /** Replaces the backbone; on failure the one before stays. */
  setBackbone(found: FoundModel): Promise<Result<BackboneInfo>>;
  backbone(): LoadedBackbone;
  onDevice<T>(work: (device: Device) => Promise<T>): Promise<T>;
  /** @throws {Cancelled} when `wanted` has been replaced by another backbone. */
  onBackbone<T>(
    wanted: LoadedBackbone,
    work: (device: Device, network: Backbone) => Promise<T>,
  ): Promise<T>;
  device(): Device;
}

export function createSession(emit: (event: EngineEvent) => void | Promise<void>): Session {
  const turns = createTurns();
  const lostBackends = new Set<BackendName>();
  const devices = new Map<BackendName, Device>();
  let facts: BackendFacts | null = null;
  let device: Device | null = null;
  let loaded: LoadedBackbone | null = null;
  let recovery: Promise<void> | null = null;

  const currentDevice = () => {
    if (device === null) throw new Error('start() comes first');
    return device;
  };

  /** What has been lost once is left out until somebody asks for it. */
  const withoutLost = (order: readonly BackendCandidate[]) =>
    order.filter(({ backend }) => !lostBackends.has(backend));

  /** Tries backends in order; the first that comes up and takes the backbone is used. */
  const bringUpFirst = async (
    candidates: readonly BackendCandidate[],
    known: BackendFacts,
  ): Promise<Result<BackendStatus>> => {
    let reason = 'no backend';
    for (const candidate of candidates) {
      try {
        if (devices.get(candidate.backend)?.isLost() === true) retire(candidate.backend);
        const next = await bringUp(candidate.backend, known);
        await moveBackbone();
        device = next;
        devices.set(next.backend, next);
        next.onLost(() => void recover(next).catch(console.error));
        return ok({ ...candidate, device: next.words, facts: known });
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return failed({ code: 'backend-failed', backend: candidates[0]?.backend ?? '', reason });
  };

  /** Loads the backbone onto the backend that has just come up. */
  const moveBackbone = async () => {
    if (loaded === null) return;
    const { found, info, network } = loaded;
    const moved = await loadBackbone(found);
    if (!moved.ok) throw new Error(moved.problem.code);
    disposeQuietly(network);
    loaded = { found, info, network: moved.value };
  };

  const recover = (lost: Device): Promise<void> => {
    if (device !== lost) return recovery ?? Promise.resolve();
    recovery ??= turns
      .alone(async () => {
        lostBackends.add(lost.backend);
        if (facts === null) return;
        const up = await bringUpFirst(
          withoutLost(chooseBackend(facts, null).order).map(({ backend }) => ({
            backend,
            reason: 'device-lost',
          })),
          facts,
        );
        if (!up.ok) throw new Error(up.problem.code);
        await emit({
          kind: 'backend',
          status: up.value,
          problem: { code: 'device-lost', backend: lost.backend, next: up.value.backend },
        });
      })
      .finally(() => {
        recovery = null;
      });
    return recovery;
  };

  /** Takes a turn with the device in use; if the device is lost under it, again with the next. */
  const onDeviceBy = async <T>(
    turn: 'share' | 'alone',
    work: (device: Device) => Promise<T>,
  ): Promise<T> => {
    for (;;) {
      let used = currentDevice();
      try {
        return await turns[turn](() => {
          used = currentDevice();
          return work(used);
        });
      } catch (error) {
        if (!(await isLoss(used, error))) throw error;
        await recover(used);
      }
    }
  };
  const onDevice = <T>(work: (device: Device) => Promise<T>) => onDeviceBy('share', work);

  const backbone = () => {
    if (loaded === null) throw new Error('loadBackbone() comes first');
    return loaded;
  };

  return {
    start: (asked) =>
      turns.alone(async () => {
        facts = await probeMachine();
        if (asked !== null) lostBackends.delete(asked);
        return bringUpFirst(withoutLost(chooseBackend(facts, asked).order), facts);
      }),
    setBackbone: (found) =>
      onDeviceBy('alone', async (used) => {
        const network = await loadBackbone(found);
        // On a lost device any model looks broken.
        if (!network.ok && (await isLoss(used, network))) throw new DeviceLost();
        if (!network.ok) return network;
        if (loaded !== null) disposeQuietly(loaded.network);
        const info = { ...found.identity, ...network.value.shape };
        loaded = { found, info, network: network.value };
        return ok(info);
      }),
    backbone,
    onDevice,
    onBackbone: (wanted, work) =>
      onDevice((used) => {
        const { found, network } = backbone();
        if (found !== wanted.found) throw new Cancelled();
        return work(used, network);
      }),
    device: currentDevice,
  };
}

/** Tensors of a lost device are forgotten all the same; its API may protest. */
function disposeQuietly(network: Backbone): void {
  try {
    network.dispose();
  } catch (error) {
    console.warn('disposing of a backbone', error);
  }
}
