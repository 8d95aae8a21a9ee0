import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser, violations } from './browser';
import { KEY, UiWorld } from './ui-world';

/** The widest wait for the page to show something; a view comes every half second, a look every second. */
const PATIENCE = 8000;
jest.setTimeout(15_000);

let browser: Browser;
let context: BrowserContext;
let page: Page;
let world: UiWorld;

beforeAll(async () => {
  browser = await startBrowser();
}, 30_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  world = new UiWorld();
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
});
afterEach(async () => {
  await context.close();
  await world.close();
});

async function open(withKey = true) {
  const served = await world.serve();
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(error.message));
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  await page.goto(withKey ? served.url : served.address);
  await page.locator('h1').waitFor();
  return { served, errors };
}

/** Waits until an element's text holds something. */
const shows = (selector: string, text: string) => page.locator(selector).filter({ hasText: text }).waitFor();

test('both Regions with their clones, lag, gates and roles; no drill yet; nothing that axe objects to', async () => {
  const { errors } = await open();
  await shows('h1', 'us-east-2 is active');
  await shows('article[aria-label="us-east-2"]', 'writer');
  const standby = page.locator('article[aria-label="us-west-2"]');
  await standby.filter({ hasText: 'not active, epoch 1' }).waitFor();
  expect(await standby.textContent()).toMatch(
    /standby[\s\S]*\d+ ms, within the 7\.5 s of the RPO[\s\S]*healthy/,
  );
  await shows('#traffic', 'us-east-2: 100 %');
  await shows('#drill', 'No drill has been run from this project yet.');
  expect(await page.evaluate('location.hash')).toBe('');
  expect(await page.content()).not.toContain(KEY);
  expect(await violations(page)).toEqual([]);
  // Every region of the page, in both schemes.
  await page.evaluate(
    "document.getElementById('banner').hidden = false; document.getElementById('banner').textContent = 'lost'",
  );
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('a drill is started by keyboard with its Region typed, watched step by step, and aborted', async () => {
  let ended: () => void = () => undefined;
  world.drill = (_request, signal) =>
    new Promise(resolve => {
      world.record('switchover-20261125-120000-aaaa', 7);
      ended = resolve;
      signal.addEventListener('abort', () => {
        const reason = 'aborted by a person before the point of no return';
        world.record('switchover-20261125-120000-aaaa', 0, [{ type: 'end', outcome: 'aborted', reason }]);
        resolve();
      });
    });
  await open();
  await page.locator('#start').press('Enter');
  await page.keyboard.type('us-east-2');
  expect(await page.locator('#go').isDisabled()).toBe(true);
  await page.locator('#confirm').fill('us-west-2');
  await page.keyboard.press('Enter');
  await shows('tr.step.running', 'wait until the last lease of the old epoch has ended');
  await shows('tr.phase.done', 'fencing');
  expect(world.started).toEqual([{ mode: 'switchover', to: 'us-west-2', rate: 50, acceptDataLoss: false }]);
  expect(await page.locator('#ask').isVisible()).toBe(false);
  await page.locator('#abort').click();
  await page.locator('#abort-confirm').fill('abort');
  await page.locator('#abort-go').click();
  await shows('.summary', 'aborted');
  await shows('.advice', 'aborted by a person before the point of no return');
  await page.locator('#ask').waitFor();
  expect(await page.locator('#announcer').textContent()).toContain('Drill aborted');
  ended();
});

test('a failover wants its loss accepted, with the lag named', async () => {
  await open();
  await page.locator('#mode').selectOption('failover');
  await page.locator('#start').click();
  await shows('#loss-text', 'It lags by');
  await page.locator('#confirm').fill('us-west-2');
  expect(await page.locator('#go').isDisabled()).toBe(true);
  await page.locator('#accept').check();
  await page.locator('#go').click();
  await page.waitForFunction("document.getElementById('start-dialog').open === false");
  await shows('#control-state', 'In the lab');
  expect(world.started).toEqual([{ mode: 'failover', to: 'us-west-2', rate: 50, acceptDataLoss: true }]);
});

test('a safe stop shows its reason and its next command, and the way back that is closed', async () => {
  const next = 'holdfast drill resume switchover-20261125-120000-bbbb';
  const reason = 'step wait-writer is stuck after 45 s; no Region accepts writes';
  world.record('switchover-20261125-120000-bbbb', 15, [{ type: 'safe-stop', reason, next }]);
  await open();
  await shows('.summary', 'stopped safely');
  await shows('.advice', reason);
  await shows('.advice code', next);
  expect(await page.locator('#abort').isDisabled()).toBe(true);
});

test('one that nobody drives is interrupted, and one that another process drives is not ours to abort', async () => {
  const id = 'switchover-20261125-120000-cccc';
  world.record(id, 7);
  world.lock(id);
  await open();
  await shows('.summary', 'running');
  await shows('#control-state', 'started elsewhere');
  world.lock(undefined);
  await shows('.summary', 'interrupted: nobody drives it');
  await shows('.advice code', `holdfast drill resume ${id}`);
  await page.locator('#abort').click();
  await page.locator('#abort-confirm').fill('abort');
  await page.locator('#abort-go').click();
  await page.waitForFunction("document.getElementById('abort-dialog').open === false");
  await shows('#control-state', 'In the lab');
  expect(world.undone).toEqual([id]);
});

test('what is old is greyed and says its age; what was never seen is unknown', async () => {
  await open();
  await shows('h1', 'us-east-2 is active');
  world.status = { ...world.status, register: undefined, regions: [], unknown: ['register: timed out'] };
  await shows('#worries', 'could not look at register: timed out');
  await shows('h1', 'Last seen: us-east-2 active');
  await shows('article.stale[aria-label="us-east-2"]', 'seen');
  expect(await page.locator('article.active').count()).toBe(0);
});

test('a lab that was never seen is not known, and never called fine', async () => {
  world.hang = true;
  await open();
  await shows('h1', 'Which Region is active is not known');
  await shows('article[aria-label="us-east-2"]', 'role not known');
  await shows('#traffic', 'Not known');
  expect(await page.locator('#verdict').textContent()).not.toContain('as it should be');
});

test('a lab that is gone ends the page, which says so and can ask for nothing', async () => {
  const { served } = await open();
  await shows('h1', 'us-east-2 is active');
  world.status = { ...world.status, running: false };
  await shows('#banner', 'The lab is down');
  expect(await served.ended).toBe('lab-gone');
  expect(await page.locator('#start').isDisabled()).toBe(true);
  await shows('#connection', 'not live');
});

test('a server that dies is a lost connection; nothing can be asked for', async () => {
  const { served } = await open();
  await shows('h1', 'us-east-2 is active');
  await context.setOffline(true);
  await page.evaluate('window.stop()');
  await shows('#banner', 'The connection is lost');
  await shows('#announcer', 'Connection lost');
  expect(await page.locator('#start').isDisabled()).toBe(true);
  expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
});

test('without its key the page only watches', async () => {
  await open(false);
  await shows('#control-state', 'opened without its key');
  expect(await page.locator('#start').isDisabled()).toBe(true);
});
