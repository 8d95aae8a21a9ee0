import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CLASSES, type DriftReport } from '../../lib/drift/model';
import { html } from '../../lib/drift/report/html';
import { reportOf } from '../../lib/drift/verdict';
import { findingWith, HOSTILE } from '../drift/report/findings';
import { startBrowser, violations } from './browser';

jest.setTimeout(20_000);

let browser: Browser;
let context: BrowserContext;
let page: Page;
let folder: string;

beforeAll(async () => {
  browser = await startBrowser();
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-page-'));
}, 30_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => context?.close());

/** Every class, and texts that were written to break out of the page. */
const FINDINGS = CLASSES.flatMap((name, at) => [
  findingWith({ id: `r-${at}`, class: name, resource: `Resource${at}` }),
  findingWith({
    id: `h-${at}`,
    class: name,
    resource: HOSTILE.join(' '),
    why: HOSTILE.join('\n'),
    path: HOSTILE[1] ?? '',
  }),
]);

/** The report as a person opens it: a file, from the disk. */
async function open(report: DriftReport, colorScheme: 'light' | 'dark', width = 1024): Promise<string[]> {
  const file = path.join(folder, 'drift.html');
  writeFileSync(file, html(report));
  context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', error => wrong.push(error.message));
  page.on('dialog', dialog => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => {
    if (!request.url().startsWith('file:')) wrong.push(`it asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.locator('h1').waitFor();
  return wrong;
}

test.each(['light', 'dark'] as const)('axe objects to nothing, %s, with every part open', async scheme => {
  for (const report of [reportOf(9, FINDINGS), reportOf(3, [])]) {
    const wrong = await open(report, scheme);
    await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })");
    expect(await violations(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  }
});

test('hostile texts are words, and the page loads and runs nothing', async () => {
  const wrong = await open(reportOf(9, FINDINGS), 'light');
  expect(await page.locator('script, img, iframe, a, form, button').count()).toBe(0);
  expect(await page.locator('h1').count()).toBe(1);
  expect(await page.locator('h1').textContent()).toBe('Drift: danger');
  expect(await page.locator('main').textContent()).toContain('<script>alert(1)</script>');
  expect(wrong).toEqual([]);
});

/** Which part has the focus, and how that is shown. */
const FOCUSED = `[
  [...document.querySelectorAll('summary')].indexOf(document.activeElement),
  getComputedStyle(document.activeElement).outlineStyle,
]`;

test('the keyboard alone opens and closes each part, and shows where it is', async () => {
  await open(reportOf(9, FINDINGS), 'light');
  const parts = await page.locator('details').count();
  expect(parts).toBe(CLASSES.length);
  const isOpen = (at: number) => page.evaluate(`document.querySelectorAll('details')[${at}].open`);
  const before = await Promise.all(CLASSES.map((_, at) => isOpen(at)));
  // What calls for action is open; what is explained is not.
  expect(before).toEqual([true, true, true, true, false, false]);
  for (let at = 0; at < parts; at += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toEqual([at, 'solid']);
    await page.keyboard.press('Enter');
    expect(await isOpen(at)).toBe(!before[at]);
  }
});

test('nothing is wider than a telephone', async () => {
  await open(reportOf(9, FINDINGS), 'dark', 360);
  await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })");
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});
