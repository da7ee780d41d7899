import type { Browser, CDPSession } from '@playwright/test';

/** What kept the page's main thread busy while something was done. */
export interface MainThread {
  /** Wall time from the first task to the end of the last. */
  readonly seconds: number;
  readonly tasks: number;
  readonly longestMillis: number;
  /** What tasks took beyond 50 ms each, summed: Lighthouse's total blocking time. */
  readonly blockingMillis: number;
  /** The longest tasks, longest first: when they began, and the work inside that took the most. */
  readonly longest: readonly {
    readonly atMillis: number;
    readonly millis: number;
    readonly mostly: string;
  }[];
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly args?: {
    readonly name?: string;
    readonly data?: {
      readonly functionName?: string;
      readonly url?: string;
      readonly type?: string;
    };
  };
}

/** A task beyond this delays what a person does. */
const LONG_MILLIS = 50;
const SHOWN = 5;
/** Where Chromium tells of each task of a thread, and of what ran inside. */
const CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];
const TASK_NAME = 'RunTask';

/**
 * Traces the busiest renderer's main thread while `work` runs. Tracing is the
 * browser's own record of every task; the page's `longtask` entries miss what
 * lies between frames.
 */
export async function traceMainThread(
  browser: Browser,
  work: () => Promise<void>,
): Promise<MainThread> {
  const session = await browser.newBrowserCDPSession();
  try {
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: {
        recordMode: 'recordAsMuchAsPossible',
        includedCategories: CATEGORIES,
        excludedCategories: ['*'],
      },
    });
    const events: TraceEvent[] = [];
    session.on('Tracing.dataCollected', ({ value }) => {
      for (const event of value as unknown as TraceEvent[])
        if (isOfInterest(event)) events.push(event);
    });
    await work();
    await endTracing(session);
    return summarise(events);
  } finally {
    await session.detach();
  }
}

function isOfInterest(event: TraceEvent): boolean {
  return event.ph === 'M' ? event.name === 'thread_name' : event.ph === 'X';
}

async function endTracing(session: CDPSession): Promise<void> {
  const complete = new Promise<void>((resolve) => {
    session.once('Tracing.tracingComplete', () => {
      resolve();
    });
  });
  await session.send('Tracing.end');
  await complete;
}

function summarise(events: readonly TraceEvent[]): MainThread {
  const thread = busiestMainThread(events);
  const own = events.filter(
    (event) => event.ph === 'X' && `${String(event.pid)}/${String(event.tid)}` === thread,
  );
  const tasks = own.filter((event) => event.name === TASK_NAME);
  const start = Math.min(...tasks.map((task) => task.ts));
  const end = Math.max(...tasks.map((task) => task.ts + (task.dur ?? 0)));
  const byLength = tasks.toSorted((a, b) => (b.dur ?? 0) - (a.dur ?? 0));
  return {
    seconds: (end - start) / 1e6,
    tasks: tasks.length,
    longestMillis: (byLength[0]?.dur ?? 0) / 1e3,
    blockingMillis: tasks.reduce(
      (sum, task) => sum + Math.max(0, (task.dur ?? 0) / 1e3 - LONG_MILLIS),
      0,
    ),
    longest: byLength.slice(0, SHOWN).map((task) => ({
      atMillis: (task.ts - start) / 1e3,
      millis: (task.dur ?? 0) / 1e3,
      mostly: mainWorkOf(task, own),
    })),
  };
}

/** The page's renderer is the one whose main thread had the most to do. */
function busiestMainThread(events: readonly TraceEvent[]): string {
  const busy = new Map<string, number>();
  for (const event of events) {
    if (event.ph === 'M' && event.args?.name === 'CrRendererMain')
      busy.set(`${String(event.pid)}/${String(event.tid)}`, 0);
  }
  for (const event of events) {
    const key = `${String(event.pid)}/${String(event.tid)}`;
    const sum = busy.get(key);
    if (sum !== undefined && event.name === TASK_NAME) busy.set(key, sum + (event.dur ?? 0));
  }
  const [busiest] = [...busy].toSorted((a, b) => b[1] - a[1]);
  if (busiest === undefined) throw new Error('the trace shows no renderer');
  return busiest[0];
}

/** The longest event inside of a task, in words. */
function mainWorkOf(task: TraceEvent, own: readonly TraceEvent[]): string {
  const end = task.ts + (task.dur ?? 0);
  const inside = own.filter(
    (event) =>
      event.name !== TASK_NAME && event.ts >= task.ts && event.ts + (event.dur ?? 0) <= end,
  );
  return inside
    .toSorted((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
    .slice(0, 3)
    .map((event) => {
      const data = event.args?.data;
      const what = data?.functionName ?? data?.type ?? '';
      return `${event.name}${what === '' ? '' : ` (${what})`} ${((event.dur ?? 0) / 1e3).toFixed(0)} ms`;
    })
    .join(', ');
}
