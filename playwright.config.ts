import { defineConfig } from '@playwright/test';
import { chromiumFlags, findChromium, testFlags } from './scripts/chromium.ts';

const port = 4300;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: '.cache/e2e',
  timeout: 120_000,
  // Two cores: one journey computes on both.
  workers: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '.cache/reports/e2e.json' }]],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      ...(findChromium() === null ? {} : { executablePath: findChromium() ?? '' }),
      args: [...chromiumFlags(), ...testFlags],
    },
    permissions: ['camera'],
  },
  webServer: {
    command: `npx tsx scripts/start.ts --port ${port} --built`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
  },
});
