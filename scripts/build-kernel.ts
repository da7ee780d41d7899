/**
 * `npm run kernel`: compiles the exact solver's matrix kernel (AssemblyScript) and writes it, as
 * text, into src/engine/head/exact/kernel-module.ts. A test compiles it again and compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');
const folder = join(project, 'src/engine/head/exact');
export const kernelFile = join(folder, 'kernel-module.ts');

/**
 * By the compiler's own program: importing it would bring its declarations of JavaScript's objects
 * into the type check.
 *
 * @returns the module's bytes. @throws after the compiler has said on stderr what is wrong.
 */
export function compileKernel(): Uint8Array {
  const compiler = join(project, 'node_modules/assemblyscript/bin/asc.js');
  const target = mkdtempSync(join(tmpdir(), 'headstart-kernel-'));
  try {
    const module = join(target, 'kernel.wasm');
    const options = '-O3 --noAssert --runtime stub --enable simd --importMemory'.split(' ');
    const source = join(folder, 'assembly/kernel.ts');
    execFileSync(process.execPath, [compiler, source, '-o', module, ...options]);
    return readFileSync(module);
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** The file as it has to stand. */
export function kernelText(module: Uint8Array): string {
  return `/** assembly/kernel.ts, compiled by \`npm run kernel\`: a WebAssembly module in Base64. */
export const KERNEL_MODULE =
  '${Buffer.from(module).toString('base64')}';
`;
}

if (process.argv[1] === import.meta.filename) {
  const module = compileKernel();
  writeFileSync(kernelFile, kernelText(module));
  console.log(`${kernelFile}: ${module.length} bytes`);
}
