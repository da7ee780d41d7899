import { spawn } from 'node:child_process';

/**
 * Keeps `count` cores busy while `work` runs, as another program on the same
 * machine would: one process each that never rests.
 */
export async function withBusyCores<T>(count: number, work: () => Promise<T>): Promise<T> {
  const processes = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    for (const one of processes) one.kill('SIGKILL');
  }
}
