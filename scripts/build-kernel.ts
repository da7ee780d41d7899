/**
 * `npm run kernel`: compiles the engine's kernels (AssemblyScript) and writes each, as text, into the
 * module beside it. A test compiles them again and compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const project = join(import.meta.dirname, '..');
const engine = join(project, 'src/engine');

/** A kernel's source and the file that its module is written into. */
export interface KernelFiles {
  readonly source: string;
  readonly target: string;
}

export const kernels: readonly KernelFiles[] = [
  filesOf('head/exact', 'kernel'),
  filesOf('picture/resize', 'resize'),
];

function filesOf(folder: string, name: string): KernelFiles {
  return {
    source: join(engine, folder, `assembly/${name}.ts`),
    target: join(engine, folder, `${name}-module.ts`),
  };
}

/**
 * By the compiler's own program: importing it would bring its declarations of JavaScript's objects
 * into the type check.
 *
 * @returns the module's bytes. @throws after the compiler has said on stderr what is wrong.
 */
export function compileKernel({ source }: KernelFiles): Uint8Array {
  const compiler = join(project, 'node_modules/assemblyscript/bin/asc.js');
  const target = mkdtempSync(join(tmpdir(), 'headstart-kernel-'));
  try {
    const module = join(target, 'kernel.wasm');
    const options = '-O3 --noAssert --runtime stub --enable simd --importMemory'.split(' ');
    execFileSync(process.execPath, [compiler, source, '-o', module, ...options]);
    return readFileSync(module);
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** The file as it has to stand. */
export function kernelText({ source }: KernelFiles, module: Uint8Array): string {
  const file = basename(source);
  const name = `${basename(source, '.ts').toUpperCase()}_MODULE`;
  return `/** assembly/${file}, compiled by \`npm run kernel\`: a WebAssembly module in Base64. */
export const ${name} =
  '${Buffer.from(module).toString('base64')}';
`;
}

if (process.argv[1] === import.meta.filename) {
  for (const files of kernels) {
    const module = compileKernel(files);
    writeFileSync(files.target, kernelText(files, module));
    console.log(`${files.target}: ${module.length} bytes`);
  }
}
