/**
 * `npm run kernel`: compiles the engine's kernels (AssemblyScript) and writes each, as text, into the
 * module beside it. A test compiles them again and compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const project = join(import.meta.dirname, '..');
const source = join(project, 'src');

/** A kernel's source and the file that its module is written into. */
export interface KernelFiles {
  readonly source: string;
  readonly target: string;
  /** What it needs of WebAssembly, in the compiler's words. */
  readonly features: readonly string[];
}

export const kernels: readonly KernelFiles[] = [
  filesOf('engine/head/exact', 'kernel'),
  filesOf('engine/head/exact', 'kernel', 'relaxed'),
  filesOf('engine/picture/resize', 'resize'),
  filesOf('network/wasm', 'network'),
  filesOf('network/wasm', 'network', 'relaxed'),
];

/** @param relaxed the variant with fused multiplications, which not every browser has. */
function filesOf(folder: string, name: string, relaxed?: 'relaxed'): KernelFiles {
  const variant = relaxed === undefined ? name : `${name}-${relaxed}`;
  return {
    source: join(source, folder, `assembly/${name}.ts`),
    target: join(source, folder, `${variant}-module.ts`),
    features: relaxed === undefined ? ['simd'] : ['simd', 'relaxed-simd'],
  };
}

/**
 * By the compiler's own program: importing it would bring its declarations of JavaScript's objects
 * into the type check.
 *
 * @returns the module's bytes. @throws after the compiler has said on stderr what is wrong.
 */
export function compileKernel({ source, features }: KernelFiles): Uint8Array {
  const compiler = join(project, 'node_modules/assemblyscript/bin/asc.js');
  const target = mkdtempSync(join(tmpdir(), 'headstart-kernel-'));
  try {
    const module = join(target, 'kernel.wasm');
    const options = '-O3 --noAssert --runtime stub --importMemory'.split(' ');
    const enable = features.flatMap((feature) => ['--enable', feature]);
    execFileSync(process.execPath, [compiler, source, '-o', module, ...options, ...enable]);
    return readFileSync(module);
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** The file as it has to stand. */
export function kernelText({ source, target }: KernelFiles, module: Uint8Array): string {
  const name = basename(target, '.ts').toUpperCase().replaceAll('-', '_');
  return `/** assembly/${basename(source)}, compiled by \`npm run kernel\`: a WebAssembly module in Base64. */
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
