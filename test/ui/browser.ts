import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from '../helpers/sources';

/** Starts the machine's Chromium, as scripts/chromium.mjs finds or installs it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'chromium.mjs')], {
    encoding: 'utf8',
  }).trim();
  // Containers often forbid the sandbox's namespaces; the pages of these tests are this project's own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe objects to in a page as it is shown now. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`);
}
