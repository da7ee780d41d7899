import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumFlags, findChromium, testFlags } from './scripts/chromium.ts';
import { datasetsPlugin, modelsPlugin, teachablePlugin } from './scripts/folders-plugin.ts';
import { securityPolicyPlugin } from './scripts/security-policy.ts';

/** With these two the page is cross-origin isolated: precise clocks and shared memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Found late, a dependency makes Vite reload the page in the middle of a test. */
const prebundled = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow-models/mobilenet',
  'comlink',
  '@litertjs/core',
  '@mediapipe/tasks-vision',
  'flatbuffers',
  '@bufbuild/protobuf/wire',
  'onnxruntime-web/wasm',
  'idb',
  ...['bmp', 'gif', 'ico', 'jpg', 'jxl', 'jxl-stream', 'png', 'tiff', 'utils', 'webp'].map(
    (type) => `image-size/types/${type}`,
  ),
  '@zip.js/zip.js/lib/zip-core-custom.js',
  'h5wasm',
  'i18next',
  'uplot',
  'file-selector',
];

export default defineConfig({
  // Relative addresses: the built app works from any folder of any static host.
  base: './',
  publicDir: 'static',
  appType: 'mpa',
  plugins: [svelte(), modelsPlugin(), securityPolicyPlugin()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      // What the first screen needs in one file: forty small ones are a tenth larger, compressed.
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  server: { host: '127.0.0.1', headers: isolation },
  preview: { host: '127.0.0.1', headers: isolation },
  optimizeDeps: { include: prebundled },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: [
            'src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'bench/**/*.test.ts',
            'e2e/**/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        plugins: [datasetsPlugin(), teachablePlugin()],
        // Empty where not given. The folder itself and no boolean: Vitest writes these values
        // back into process.env, where the plugins above read them.
        define: {
          'import.meta.env.HEADSTART_MODELS': JSON.stringify(process.env['HEADSTART_MODELS'] ?? ''),
          'import.meta.env.HEADSTART_DATASETS': JSON.stringify(
            process.env['HEADSTART_DATASETS'] ?? '',
          ),
          'import.meta.env.HEADSTART_TEACHABLE': JSON.stringify(
            process.env['HEADSTART_TEACHABLE'] ?? '',
          ),
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(findChromium() === null ? {} : { executablePath: findChromium() ?? '' }),
                args: [...chromiumFlags(), ...testFlags],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
