/**
 * `npm run wasm`: compiles the AssemblyScript of the engine and writes each module, as text, into the
 * file beside it. A test compiles them again and compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const project = join(import.meta.dirname, '..');

/** A source, and the file that the modules made of it are written into. */
export interface WasmSource {
  readonly source: string;
  readonly target: string;
  /** What each variant needs of WebAssembly, in the compiler's words; the fastest first. */
  readonly variants: readonly (readonly string[])[];
}

const SIMD = ['simd'];
/** With fused multiplications, which not every browser has. */
const RELAXED = ['simd', 'relaxed-simd'];

export const wasmSources: readonly WasmSource[] = [
  sourceIn('engine/head/exact', 'linear-algebra', [RELAXED, SIMD]),
  sourceIn('engine/picture/resize', 'resize', [SIMD]),
  sourceIn('network/wasm', 'network', [RELAXED, SIMD]),
];

function sourceIn(folder: string, name: string, variants: WasmSource['variants']): WasmSource {
  return {
    source: join(project, 'src', folder, `assembly/${name}.ts`),
    target: join(project, 'src', folder, `${name}-modules.ts`),
    variants,
  };
}

/**
 * By the compiler's own program: importing it would bring its declarations of JavaScript's objects
 * into the type check.
 *
 * @returns each variant's bytes. @throws after the compiler has said on stderr what is wrong.
 */
export function compileWasm({ source, variants }: WasmSource): readonly Uint8Array[] {
  const compiler = join(project, 'node_modules/assemblyscript/bin/asc.js');
  const target = mkdtempSync(join(tmpdir(), 'headstart-wasm-'));
  try {
    const module = join(target, 'module.wasm');
    const options = '-O3 --noAssert --runtime stub --importMemory'.split(' ');
    return variants.map((features) => {
      const enable = features.flatMap((feature) => ['--enable', feature]);
      execFileSync(process.execPath, [compiler, source, '-o', module, ...options, ...enable]);
      return readFileSync(module);
    });
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** The file as it has to stand. */
export function wasmText({ source, target }: WasmSource, modules: readonly Uint8Array[]): string {
  const name = basename(target, '.ts').toUpperCase().replaceAll('-', '_');
  const lines = modules.map((module) => `  '${Buffer.from(module).toString('base64')}',\n`);
  return `/** assembly/${basename(source)}, compiled by \`npm run wasm\`: WebAssembly modules in Base64, the fastest first. */
export const ${name}: readonly string[] = [
${lines.join('')}];
`;
}

if (process.argv[1] === import.meta.filename) {
  for (const source of wasmSources) {
    const modules = compileWasm(source);
    writeFileSync(source.target, wasmText(source, modules));
    console.log(`${source.target}: ${modules.map(({ length }) => length).join(' and ')} bytes`);
  }
}
