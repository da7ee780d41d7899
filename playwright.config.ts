import { defineConfig } from '@playwright/test';
import { tinyModels } from './e2e/fixtures/models.ts';
import { chromiumFlags, findChromium, testFlags } from './scripts/chromium.ts';

/** The built app on a tiny backbone that the tests generate, and, where there are real ones, on those. */
const firstPort = Number(process.env['HEADSTART_TEST_PORT'] ?? 4300);
const tiny = { port: firstPort, models: tinyModels() };
const real = { port: firstPort + 1, models: process.env['HEADSTART_MODELS'] };

function addressOf({ port }: { port: number }): string {
  return `http://127.0.0.1:${port}/`;
}

function server(site: { port: number; models: string }) {
  return {
    command: `npx tsx scripts/start.ts --port ${site.port} --built`,
    env: { HEADSTART_MODELS: site.models },
    url: addressOf(site),
    reuseExistingServer: false,
  };
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.cache/e2e',
  timeout: 120_000,
  // Two cores: one journey computes on both.
  workers: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '.cache/reports/e2e.json' }]],
  use: {
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      ...(findChromium() === null ? {} : { executablePath: findChromium() ?? '' }),
      args: [...chromiumFlags(), ...testFlags],
    },
    permissions: ['camera'],
    // It would answer in place of the hosts that tests cut off; installed.spec.ts lets it in.
    serviceWorkers: 'block',
  },
  projects: [
    { name: 'tiny', testIgnore: '**/real/**', use: { baseURL: addressOf(tiny) } },
    { name: 'real', testMatch: '**/real/**', use: { baseURL: addressOf(real) } },
  ],
  webServer: [
    server(tiny),
    ...(real.models === undefined ? [] : [server({ port: real.port, models: real.models })]),
  ],
});
