import { NotFetched } from '../../core/problem.ts';

/**
 * A runtime's WebAssembly, which is megabytes and kept once it has been fetched.
 *
 * @throws NotFetched where it can't be had, as offline before its first use.
 */
export async function fetchRuntime(address: string, name: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(new URL(address, location.href));
    if (!response.ok) throw new Error(`${address}: ${String(response.status)}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw new NotFetched(name, { cause });
  }
}
