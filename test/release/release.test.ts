import { preflightRelease, type ReleaseContext, releaseChecks } from '../../lib/release';
import { beginPlanned } from '../../lib/release/start-release';
import { releaseOfItem } from '../../lib/runtime/release/release-item';
import { buildOfText, textOfBuild } from '../../lib/runtime/release/release-names';
import { beginRelease, turnBack } from '../../lib/runtime/release/release-state';
import { commandRelease, type ReleaseItem, type ReleaseStore } from '../../lib/runtime/release/release-store';
import type { RegionView } from '../../lib/runtime/release/release-view';
import { VirtualClock } from '../helpers/virtual-clock';
import { BUILD, clones, onBlue, planOf, REGISTER } from './plan';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const begun = beginRelease(planOf(), REGISTER);
const item = (state = begun): ReleaseItem => ({ version: 4, holder: 'c1', state, notes: [] });

/** A table that holds one item. */
function storeOf(first?: ReleaseItem): ReleaseStore & { item?: ReleaseItem } {
  const store: ReleaseStore & { item?: ReleaseItem } = {
    ...(first && { item: first }),
    read: async () => store.item,
    write: async (next, seen) => {
      if (store.item?.version !== seen) return false;
      store.item = next;
      return true;
    },
  };
  return store;
}

describe('a plan', () => {
  test('has the standby first and the active Region last; only the standby is probed', () => {
    expect(planOf().regions).toEqual([
      { region: 'us-west-2', from: 'blue', to: 'green', clones: 2, probed: true },
      { region: 'us-east-2', from: 'blue', to: 'green', clones: 2, probed: false },
    ]);
  });

  test.each([
    [{}, [10, 100]],
    [{ canaryPercent: 1 }, [1, 100]],
    [{ strategy: 'linear' }, [25, 50, 75, 100]],
    [{ strategy: 'linear', steps: 3 }, [33, 67, 100]],
    [{ strategy: 'all-at-once' }, [100]],
  ] as const)('%j has the shares %j', (options, shares) => {
    expect(planOf({ options }).shares).toEqual(shares);
  });

  test('its times are divided by the time scale, and no launch is hurried below what a machine needs', () => {
    const plan = planOf({ timeScale: 8, options: { stepMinutes: 4, bakeMinutes: 8, keepWarmMinutes: 16 } });
    expect(plan).toMatchObject({ stepSeconds: 30, bakeSeconds: 60, warmSeconds: 120, launchSeconds: 120 });
  });

  test('every wrong option is told at once', () => {
    const options = {
      canaryPercent: 100,
      steps: 1.5,
      stepMinutes: -1,
      errorPercent: 101,
      minimumRequests: 0,
    };
    expect(() => planOf({ options })).toThrow(
      /--canary-percent[\s\S]*--steps[\s\S]*--step-minutes[\s\S]*--error-percent[\s\S]*--minimum-requests/,
    );
  });
});

describe('the checks before a release', () => {
  const good = {
    last: undefined,
    drill: 'free',
    register: REGISTER,
    regions: { east: onBlue, west: onBlue },
  } as const;
  const stateOf = (view: Parameters<typeof releaseChecks>[0]) =>
    Object.fromEntries(releaseChecks(view, [], NOW).map(({ id, state }) => [id, state]));
  const allGood = stateOf(good);
  const blue = (view: Partial<RegionView>) => ({
    ...good,
    regions: { east: onBlue, west: { ...onBlue, ...view } },
  });

  test('are ok where all is well', () => {
    expect(new Set(Object.values(allGood))).toEqual(new Set(['ok']));
  });

  test.each([
    ['another release', { ...good, last: item() }, { release: 'failed' }],
    ['a table that cannot be read', { ...good, last: 'unseen' }, { release: 'unknown' }],
    ['a drill', { ...good, drill: { busy: 'a drill' } }, { drills: 'failed' }],
    ['a lock that cannot be read', { ...good, drill: undefined }, { drills: 'unknown' }],
    ['a move', { ...good, register: { ...REGISTER, phase: 'fencing' } }, { register: 'failed' }],
    ['no register', { ...good, register: undefined }, { register: 'unknown' }],
    ['mixed weights', blue({ live: { blue: 90, green: 10 } }), { weights: 'failed' }],
    ['weights that do not hold', blue({ stored: { blue: 0, green: 100 } }), { weights: 'failed' }],
    ['an alarm', blue({ ringing: ['orders-errors'] }), { alarms: 'failed' }],
    ['an alarm without data', blue({ silent: ['orders-errors'] }), { alarms: 'unknown' }],
    [
      'a clone that is ill',
      blue({ colours: { blue: { ...clones(2), healthy: 1 }, green: clones(0) } }),
      { capacity: 'failed' },
    ],
    [
      'an idle group that may not grow',
      blue({ colours: { blue: clones(2), green: { ...clones(0), maximum: 1 } } }),
      { capacity: 'failed' },
    ],
    [
      'a Region that cannot be seen',
      { ...good, regions: { east: onBlue, west: undefined } },
      { weights: 'unknown', capacity: 'unknown', alarms: 'unknown' },
    ],
  ] as const)('%s: %#', (_what, view, found) => {
    expect(stateOf(view)).toEqual({ ...allGood, ...found });
  });

  test('a spent error budget holds back what does not mend it; one that cannot be read is unknown', () => {
    const budget = (view: { spent?: string[]; unknown?: string[]; mends?: string }) =>
      releaseChecks({ ...good, budget: { spent: [], unknown: [], ...view } }, [], NOW).find(
        ({ id }) => id === 'budget',
      );
    expect(budget({})).toMatchObject({ state: 'ok' });
    expect(budget({ spent: ['place-order'], unknown: ['west'] })).toMatchObject({
      state: 'failed',
      text: 'spent: place-order',
      fix: expect.stringContaining('--mends'),
    });
    expect(budget({ spent: ['place-order'], mends: 'the slow query' })).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('the slow query'),
    });
    expect(budget({ unknown: ['place-order: west: denied'] })).toMatchObject({ state: 'unknown' });
    expect(releaseChecks(good, [], NOW).map(({ id }) => id)).not.toContain('budget');
  });

  test('what is unknown may be accepted by name; what failed may not', () => {
    const view = { ...good, drill: { busy: 'a drill' }, last: 'unseen' } as const;
    const checks = releaseChecks(view, ['release', 'drills'], NOW);
    expect(checks.filter(({ accepted }) => accepted).map(({ id }) => id)).toEqual(['release']);
  });
});

describe('beginning', () => {
  const contextOf = (store: ReleaseStore): ReleaseContext => ({
    store,
    target: {
      surroundings: async () => ({ drill: 'free', register: REGISTER }),
      region: async () => ({ ...onBlue, silent: ['orders-quiet'] }),
      metrics: async () => [],
      probe: async () => undefined,
      act: async () => undefined,
    },
    clock: new VirtualClock(),
    regions: ['us-east-2', 'us-west-2'],
    ...{ timeScale: 1, periodSeconds: 60, isLab: false, holder: 'c2', by: 'ann' },
  });
  const request = { build: BUILD, options: {}, acceptUnknown: ['alarms'] };

  test('silent alarms that were accepted are written into the plan', async () => {
    const found = await preflightRelease(contextOf(storeOf()), request);
    expect(found).toMatchObject({ verdict: 'clean', plan: { acceptedAlarms: ['orders-quiet'] } });
    const unaccepted = await preflightRelease(contextOf(storeOf()), { ...request, acceptUnknown: [] });
    expect(unaccepted).toMatchObject({ verdict: 'unknown' });
    expect(unaccepted).not.toHaveProperty('plan');
  });

  test('goes over an ended release with a higher version, and never over one under way', async () => {
    const ended = item({ ...begun, stage: 'done' });
    const store = storeOf(ended);
    expect((await beginPlanned(contextOf(store), planOf(), ended)).version).toBe(5);
    const raced = beginPlanned(contextOf(store), planOf(), ended);
    await expect(raced).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('commands', () => {
  const give = (state: typeof begun, command: Parameters<typeof commandRelease>[1]) =>
    commandRelease(storeOf(item(state)), command, 'ann', () => NOW);
  const shifting = { ...begun, stage: 'shift', since: NOW, watchedFrom: NOW } as const;

  test.each([
    ['pause', { paused: true, since: NOW }],
    ['promote', { hurried: true }],
    ['rollback', { stage: 'back', reason: 'ann asked for it' }],
    ['resume', { paused: false, epoch: undefined, since: undefined }],
  ] as const)('%s is written for the controller to follow', async (command, expected) => {
    const outcome = await give(shifting, command);
    expect(outcome).toMatchObject({ kind: 'given', item: { version: 5, holder: 'c1', state: expected } });
  });

  test.each(['pause', 'promote', 'rollback'] as const)(
    'it is too late to %s on the way back',
    async command => {
      expect(await give(turnBack(shifting, 'errors'), command)).toMatchObject({ kind: 'too-late' });
    },
  );

  test('a way back can be gone on with', async () => {
    expect(await give(turnBack(shifting, 'errors'), 'resume')).toMatchObject({ kind: 'given' });
  });

  test('without a release under way there is nothing to command', async () => {
    expect(await give({ ...begun, stage: 'rolled-back' }, 'resume')).toEqual({ kind: 'none' });
  });
});

describe('what is kept as text', () => {
  test('a build is read back; anything else is no build', () => {
    expect(buildOfText(textOfBuild(BUILD))).toEqual(BUILD);
    expect(buildOfText(textOfBuild(undefined))).toBeUndefined();
    for (const text of ['', 'key.tgz', `key.tgz ${'A'.repeat(64)}`, `two words ${'a'.repeat(64)}`])
      expect(() => buildOfText(text)).toThrow('names no build');
  });

  test('a damaged release is not absent', () => {
    expect(releaseOfItem(undefined)).toBeUndefined();
    const items: Parameters<typeof releaseOfItem>[0][] = [
      {},
      { version: { N: '1' }, document: { S: '{' } },
      { document: { S: '{"state":{}}' } },
    ];
    for (const damaged of items) expect(() => releaseOfItem(damaged)).toThrow('is damaged');
  });
});
