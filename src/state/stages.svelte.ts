import type { Problem } from '../core/problem.ts';
import { Scheduler, type Stage, type StageStatus } from '../pipeline/scheduler.ts';
import type { StageName } from '../pipeline/stages.ts';
import { engineProblem } from './failure.ts';

/** The pipeline's scheduler, and how its stages stand for the page to follow. */
export class Stages {
  #statuses = $state.raw<Readonly<Partial<Record<StageName, StageStatus<StageName>>>>>({});
  readonly scheduler: Scheduler<StageName>;

  /** @param onStatus called after anything may have changed a status. */
  constructor(stages: readonly Stage<StageName>[], onStatus: () => void) {
    this.scheduler = new Scheduler(stages, () => {
      const statuses = stages.map(({ name }) => [name, this.scheduler.status(name)]);
      this.#statuses = Object.fromEntries(statuses) as Record<StageName, StageStatus<StageName>>;
      onStatus();
    });
  }

  statusOf(name: StageName): StageStatus<StageName> {
    return this.#statuses[name] ?? { kind: 'idle' };
  }

  /** What a stage, or what it needs, failed with, until it is tried again. */
  problemOf(name: StageName): Problem | null {
    const status = this.statusOf(name);
    return status.kind === 'failed' ? engineProblem(status.error) : null;
  }

  /** As {@link problemOf}, but of the stage itself. */
  ownProblemOf(name: StageName): Problem | null {
    const status = this.statusOf(name);
    return status.kind === 'failed' && status.by === name ? engineProblem(status.error) : null;
  }
}
