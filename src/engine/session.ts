import type { BackboneInfo } from '../core/backbone.ts';
import {
  type BackendFacts,
  type BackendName,
  type BackendStatus,
  chooseBackend,
  type BackendCandidate,
} from '../core/backend.ts';
import { Cancelled, failed, ok, type Result } from '../core/problem.ts';
import type { Backbone } from '../network/backbone.ts';
import type { FoundModel } from '../network/read/read-backbone.ts';
import { loadBackbone } from '../network/tfjs/load-backbone.ts';
import type { EngineEvent } from './contract.ts';
import { bringUp, retire, probeMachine } from './device/bring-up.ts';
import { DeviceLost, isLoss, readBack, type Device } from './device/device.ts';
import type { BackbonePlace } from './remote.ts';
import { createReadersWriterLock, type ReadersWriterLock } from './readers-writer-lock.ts';

/** A backbone on the device, with what is needed to bring it onto another. */
export interface LoadedBackbone {
  readonly found: FoundModel;
  readonly backbone: Backbone;
}

/**
 * The device in use and the backbones on it: the one in use, and beside it one that may take
 * its place. Work asks for them through `onDevice` and `onBackbone`; when the device is lost
 * under it, the next best backend comes up, the backbones are loaded again from memory, and
 * the work runs again.
 */
export interface Session {
  start(asked: BackendName | null): Promise<Result<BackendStatus>>;
  /** Replaces the backbone there, one in use also the one beside; on failure those before stay. */
  setBackbone(found: FoundModel, place: BackbonePlace): Promise<Result<BackboneInfo>>;
  /** Puts the backbone beside into use. @param then what has to change in the same step. */
  useBeside(then: () => void): Promise<void>;
  dropBeside(): Promise<void>;
  /** @throws Error where there is none. */
  backbone(place: BackbonePlace): LoadedBackbone;
  /** All that are loaded. */
  backbones(): readonly LoadedBackbone[];
  onDevice<T>(work: (device: Device) => Promise<T>): Promise<T>;
  /** @throws {Cancelled} when `wanted` is no longer loaded. */
  onBackbone<T>(wanted: LoadedBackbone, work: (backbone: Backbone) => Promise<T>): Promise<T>;
  /** Runs work with the device while nothing else does; not again if it is lost. */
  alone<T>(work: (device: Device) => Promise<T>): Promise<T>;
  device(): Device;
}

/** What hears of backbones that come onto a device and go from it, each as an object of its own. */
export interface SessionListener {
  onLoaded(loaded: LoadedBackbone): void;
  onGone(loaded: LoadedBackbone): void;
}

export function createSession(
  emit: (event: EngineEvent) => void | Promise<void>,
  listener: SessionListener = { onLoaded: () => undefined, onGone: () => undefined },
): Session {
  const lock = createReadersWriterLock();
  const lostBackends = new Set<BackendName>();
  const devices = new Map<BackendName, Device>();
  let facts: BackendFacts | null = null;
  let device: Device | null = null;
  const loaded = new Map<BackbonePlace, LoadedBackbone>();
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
        await moveBackbones(next);
        device = next;
        devices.set(next.backend, next);
        for (const each of loaded.values()) listener.onLoaded(each);
        next.onLost(() => void recover(next).catch(console.error));
        return ok({ ...candidate, device: next.words, facts: known });
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return failed({ code: 'backend-failed', backend: candidates[0]?.backend ?? '', reason });
  };

  /** Loads the backbones onto the backend that has just come up: all of them, or none. */
  const moveBackbones = async (next: Device) => {
    const moved = new Map<BackbonePlace, LoadedBackbone>();
    for (const [place, { found }] of loaded) {
      const backbone = await loadOnto(next, found);
      if (backbone.ok) moved.set(place, { found, backbone: backbone.value });
      else {
        for (const each of moved.values()) disposeQuietly(each.backbone);
        throw new Error(backbone.problem.code);
      }
    }
    for (const [place, there] of moved) {
      letGo(place);
      loaded.set(place, there);
    }
  };

  const letGo = (place: BackbonePlace) => {
    const gone = loaded.get(place);
    if (gone !== undefined) {
      listener.onGone(gone);
      disposeQuietly(gone.backbone);
    }
    loaded.delete(place);
  };

  const recover = (lost: Device): Promise<void> => {
    if (device !== lost) return recovery ?? Promise.resolve();
    recovery ??= lock
      .exclusive(async () => {
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

  /** Takes the lock with the device in use; if the device is lost under it, again with the next. */
  const onDeviceBy = async <T>(
    mode: keyof ReadersWriterLock,
    work: (device: Device) => Promise<T>,
  ): Promise<T> => {
    for (;;) {
      let used = currentDevice();
      try {
        return await lock[mode](() => {
          used = currentDevice();
          return work(used);
        });
      } catch (error) {
        if (!(await isLoss(used, error))) throw error;
        await recover(used);
      }
    }
  };
  const onDevice = <T>(work: (device: Device) => Promise<T>) => onDeviceBy('shared', work);

  const backbone = (place: BackbonePlace) => {
    const there = loaded.get(place);
    if (there === undefined) throw new Error('loadBackbone() comes first');
    return there;
  };

  return {
    start: (asked) =>
      lock.exclusive(async () => {
        facts = await probeMachine();
        if (asked !== null) lostBackends.delete(asked);
        return bringUpFirst(withoutLost(chooseBackend(facts, asked).order), facts);
      }),
    setBackbone: (found, place) =>
      onDeviceBy('exclusive', async (used) => {
        const backbone = await loadOnto(used, found);
        // On a lost device any model looks broken.
        if (!backbone.ok && (await isLoss(used, backbone))) throw new DeviceLost();
        if (!backbone.ok) return backbone;
        if (place === 'in-use') letGo('in-use');
        letGo('beside');
        const next = { found, backbone: backbone.value };
        loaded.set(place, next);
        listener.onLoaded(next);
        return ok(next.backbone.info);
      }),
    useBeside: (then) =>
      lock.exclusive(() => {
        const next = backbone('beside');
        loaded.delete('beside');
        letGo('in-use');
        loaded.set('in-use', next);
        then();
        return Promise.resolve();
      }),
    dropBeside: () =>
      lock.exclusive(() => {
        letGo('beside');
        return Promise.resolve();
      }),
    backbone,
    backbones: () => [...loaded.values()],
    onDevice,
    onBackbone: (wanted, work) =>
      onDevice(() => {
        const there = [...loaded.values()].find(({ found }) => found === wanted.found);
        if (there === undefined) throw new Cancelled();
        return work(there.backbone);
      }),
    alone: (work) => lock.exclusive(() => work(currentDevice())),
    device: currentDevice,
  };
}

function loadOnto(device: Device, found: FoundModel): Promise<Result<Backbone>> {
  return loadBackbone(found, (tensor) => readBack(device, tensor));
}

/** Tensors of a lost device are forgotten all the same; its API may protest. */
function disposeQuietly(backbone: Backbone): void {
  try {
    backbone.dispose();
  } catch (error) {
    console.warn('disposing of a backbone', error);
  }
}
