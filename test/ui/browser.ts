import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ROOT } from '../helpers/sources';

/** Starts the machine's Chromium, as scripts/chromium.mjs finds or installs it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'chromium.mjs')], {
    encoding: 'utf8',
  }).trim();
  // Containers often forbid the sandbox's namespaces; the pages of these tests are this project's own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
