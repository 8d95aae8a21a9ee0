import fc from 'fast-check';
import {
  type ColourWeights,
  type FloorPort,
  parseFloor,
  parseWeights,
  reassertFloor,
  reassertWeights,
} from '../../../lib/runtime/live-settings/live-settings';
import {
  claimLease,
  deployState,
  holderOf,
  releaseLease,
  type ShiftHolder,
  type ShiftLease,
} from '../../../lib/runtime/live-settings/live-settings-lease';
import { SimulatedLiveSettings } from '../../helpers/simulated-live-settings';

const SHIFT: ShiftHolder = { kind: 'shift', name: 'release-7' };
const BIRTH: ColourWeights = { blue: 100, green: 0 };
const weights = (green: number): ColourWeights => ({ blue: 100 - green, green });

/** A Region in the middle of a shift: half of the requests go to green. */
async function midShift(
  region = new SimulatedLiveSettings(),
): Promise<{ region: SimulatedLiveSettings; token: number }> {
  region.stored = weights(50);
  region.listener = weights(50);
  const token = await region.claim(SHIFT);
  if (typeof token !== 'number') throw new Error('the lease is free');
  return { region, token };
}

describe('a deploy in the middle of a shift', () => {
  test('the weights come back, the shift pauses while it runs and goes on after it', async () => {
    const { region, token } = await midShift();
    region.status = 'UPDATE_IN_PROGRESS';
    await region.turn();
    expect(await region.step(SHIFT, token, weights(75))).toBe(false);
    expect(await region.claim(SHIFT)).toEqual({ kind: 'deploy', name: 'stack/orders-service/1' });

    region.listener = BIRTH;
    expect(await region.turn()).toMatchObject({ deploy: 'running', weights: 're-asserted' });
    expect(region.listener).toEqual(weights(50));

    region.status = 'UPDATE_COMPLETE';
    expect(await region.turn()).toMatchObject({ deploy: 'over', weights: 'in-step' });
    const next = await region.claim(SHIFT);
    expect(next).toBeGreaterThan(token);
    expect(await region.step(SHIFT, token, weights(75))).toBe(false);
    expect(await region.step(SHIFT, next as number, weights(75))).toBe(true);
    await region.settled();
    expect(region.listener).toEqual(weights(75));
  });

  test('a deploy that fails and rolls back in the middle of a shift leaves the weights of the shift', async () => {
    const { region } = await midShift();
    await region.deploy(weights(10), BIRTH);
    await region.settled();
    await region.turn();
    expect(region.listener).toEqual(weights(50));
    expect(region.stored).toEqual(weights(50));
    expect(holderOf(region.lease, region.now)).toBeUndefined();
  });

  test('whatever overtakes whatever, listener and store agree in the end, and nobody but the shift has written', async () => {
    const run = fc.record({
      resetTo: fc.nat(100),
      fails: fc.boolean(),
      steps: fc.array(fc.nat(100), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), run, async (scheduler, { resetTo, fails, steps }) => {
        const { region, token } = await midShift();
        region.pause = what => scheduler.schedule(Promise.resolve(), what);
        let accepted = 0;
        const shift = async () => {
          for (const green of steps) if (await region.step(SHIFT, token, weights(green))) accepted += 1;
        };
        const all = Promise.all([region.deploy(weights(resetTo), fails ? BIRTH : undefined), shift()]);
        await scheduler.waitFor(all.then(() => region.settled()));
        expect(region.listener).toEqual(region.stored);
        expect(region.writes).toBe(accepted);
        // The controller's own clock, which comes after the last event at the latest, gives the lease back.
        await scheduler.waitFor(region.turn());
        expect(holderOf(region.lease, region.now)?.kind).not.toBe('deploy');
      }),
      { numRuns: 60 },
    );
  });

  test('lost events are made up for by the clock', async () => {
    const { region } = await midShift();
    region.eventsLost = true;
    await region.deploy(BIRTH);
    expect(region.listener).toEqual(BIRTH);
    expect(await region.turn()).toMatchObject({ weights: 're-asserted' });
    expect(region.listener).toEqual(weights(50));
  });

  test('a register out of reach keeps nobody from putting the weights back', async () => {
    const { region } = await midShift();
    region.listener = BIRTH;
    const away = { read: () => Promise.reject(new Error('no quorum')), write: async () => false };
    expect(await region.turn(away)).toMatchObject({ weights: 're-asserted' });
    expect(region.listener).toEqual(weights(50));
  });

  test('a turn that has seen the end of one deploy does not free the lease of the next', async () => {
    const { region } = await midShift();
    region.status = 'UPDATE_IN_PROGRESS';
    await region.turn();
    region.status = 'UPDATE_COMPLETE';
    const stale = region.lease;
    // Between the reading of the status and the end of the turn the next deploy begins.
    const port = { ...region.leasePort, read: async () => stale };
    const write = jest.fn(region.leasePort.write);
    region.now += 1000;
    region.status = 'UPDATE_IN_PROGRESS';
    await region.turn();
    region.status = 'UPDATE_COMPLETE';
    await region.turn({ ...port, write });
    expect(write).toHaveBeenCalled();
    expect(holderOf(region.lease, region.now)?.kind).toBe('deploy');
  });
});

describe('a first deploy into an empty Region', () => {
  test('the stored weights are born as those of the listener, once', async () => {
    const region = new SimulatedLiveSettings();
    Object.assign(region, { status: 'CREATE_COMPLETE', listener: BIRTH });
    expect(await region.turn()).toEqual({ deploy: 'over', weights: 'in-step', raised: [] });
    expect(region.stored).toEqual(BIRTH);
    region.listener = weights(30);
    await region.turn();
    expect(region.stored).toEqual(BIRTH);
    expect(region.listener).toEqual(BIRTH);
  });

  test('one that fails leaves no listener and nothing is born', async () => {
    const region = new SimulatedLiveSettings();
    region.status = 'ROLLBACK_COMPLETE';
    expect(await region.turn()).toMatchObject({ weights: 'no-listener' });
    expect(region.stored).toBeUndefined();
  });

  test('a stack that goes is left alone', async () => {
    const { region } = await midShift();
    Object.assign(region, { status: 'DELETE_IN_PROGRESS', listener: BIRTH });
    expect(await region.turn()).toEqual({ deploy: 'gone', raised: [] });
    expect(region.listener).toEqual(BIRTH);
  });
});

describe('weights', () => {
  test.each([
    '',
    '{}',
    '{"blue":"100","green":0}',
    '{"blue":0,"green":0}',
    '{"blue":1000,"green":0}',
    '[]',
    'null',
  ])('refuses %j and moves nothing', async text => {
    const apply = jest.fn();
    const port = { stored: async () => parseWeights(text), bear: apply, live: async () => BIRTH, apply };
    await expect(reassertWeights(port)).rejects.toThrow(/the stored weights cannot be used/);
    expect(apply).not.toHaveBeenCalled();
  });

  test('follows a shift that overtakes it between reading and writing', async () => {
    const reads = [weights(50), weights(60), weights(60)];
    let live = BIRTH;
    const port = {
      stored: async () => reads.shift(),
      bear: async () => undefined,
      live: async () => live,
      apply: async (next: ColourWeights) => {
        live = next;
      },
    };
    expect(await reassertWeights(port)).toBe('re-asserted');
    expect(live).toEqual(weights(60));
  });

  test('gives up on a value that never stands still', async () => {
    let green = 0;
    const stored = async () => weights(green++ % 100);
    const port = {
      stored,
      bear: async () => undefined,
      live: async () => ({ blue: 1, green: 1 }),
      apply: async () => undefined,
    };
    await expect(reassertWeights(port)).rejects.toThrow(/faster than they can be followed/);
  });
});

describe('capacity floor', () => {
  const group = (stored: number | undefined, minimum: number, maximum = 12) => {
    const state = { minimum, maximum };
    const port: FloorPort = {
      stored: async () => stored,
      live: async () => state,
      raise: async value => {
        state.minimum = value;
      },
    };
    return { state, port };
  };

  test('one that a deploy or its rollback lowered is raised again, within the bounds of the group', async () => {
    fc.assert(
      await fc.asyncProperty(fc.nat(20), fc.nat(12), async (stored, minimum) => {
        const { state, port } = group(stored, minimum);
        const raised = await reassertFloor(port);
        expect(state.minimum).toBe(Math.max(minimum, Math.min(stored, 12)));
        expect(raised).toBe(state.minimum !== minimum);
      }),
    );
  });

  test('one that nobody has stored, or that a drill has raised above it, stands', async () => {
    expect(await reassertFloor(group(undefined, 2).port)).toBe(false);
    expect(await reassertFloor(group(4, 9).port)).toBe(false);
  });

  test.each(['-1', '2.5', 'many', '', '99999'])('refuses %j', text => {
    expect(() => parseFloor(text)).toThrow(/the stored capacity floor cannot be used/);
  });
});

describe('lease', () => {
  const holder = fc.record({
    kind: fc.constantFrom('shift' as const, 'deploy' as const),
    name: fc.constantFrom('a', 'b'),
  });

  test('a token never falls and never has two holders', () => {
    const action = fc.record({ holder, wait: fc.nat(100_000), release: fc.boolean() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), actions => {
        let lease: ShiftLease | undefined;
        let now = 0;
        const holders = new Map<number, string>();
        for (const { holder: who, wait, release } of actions) {
          now += wait;
          const before = lease?.token ?? 0;
          const claim = claimLease(lease, who, now);
          if (release) lease = releaseLease(lease, who) ?? lease;
          else if (claim.granted) lease = claim.lease;
          expect(lease?.token ?? 0).toBeGreaterThanOrEqual(before);
          const held = holderOf(lease, now);
          if (lease === undefined || held === undefined) continue;
          const name = `${held.kind} ${held.name}`;
          expect(holders.get(lease.token) ?? name).toBe(name);
          holders.set(lease.token, name);
        }
      }),
    );
  });

  test('a shift waits for another and for a deploy, a deploy for nobody', () => {
    const held = claimLease(undefined, SHIFT, 0);
    const lease = held.granted ? held.lease : undefined;
    expect(claimLease(lease, { kind: 'shift', name: 'release-8' }, 1)).toEqual({
      granted: false,
      holder: SHIFT,
    });
    expect(claimLease(lease, { kind: 'deploy', name: 'stack' }, 1)).toMatchObject({ granted: true });
    expect(claimLease(lease, { kind: 'shift', name: 'release-8' }, 60_001)).toMatchObject({ granted: true });
  });

  test.each([
    [undefined, 'gone'],
    ['DELETE_IN_PROGRESS', 'gone'],
    ['DELETE_FAILED', 'over'],
    ['REVIEW_IN_PROGRESS', 'over'],
    ['CREATE_IN_PROGRESS', 'running'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'running'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'running'],
    ['UPDATE_ROLLBACK_COMPLETE', 'over'],
    ['UPDATE_ROLLBACK_FAILED', 'over'],
  ])('%s: %s', (status, expected) => {
    expect(deployState(status)).toBe(expected);
  });
});
