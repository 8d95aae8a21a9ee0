import { Gate, type GateMemory, type GateStore } from '../../../lib/runtime/gate/gate';
import { parseMemory } from '../../../lib/runtime/gate/ssm-gate-store';
import type { RegisterRecord } from '../../../lib/runtime/register/register';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const HERE = 'us-east-2';
const THERE = 'us-west-2';

/** A Region's parameter and register as one gate, or several processes of it, see them. */
class World {
  record: RegisterRecord | 'unreadable' = 'unreadable';
  memory: GateMemory | undefined;
  memoryIsDown = false;
  saves = 0;

  readonly store: GateStore = {
    load: async () => {
      if (this.memoryIsDown) throw new Error('no parameter store');
      return this.memory;
    },
    save: async memory => {
      if (this.memoryIsDown) throw new Error('no parameter store');
      this.memory = memory;
      this.saves += 1;
    },
  };

  /** A process of the gate that has just started. */
  coldStart(): Gate {
    const read = async () => {
      if (this.record === 'unreadable') throw new Error('no quorum');
      return this.record;
    };
    return new Gate({ region: HERE, register: { read }, store: this.store, logger: silentLogger });
  }
}

const ACTIVE: RegisterRecord = { epoch: 1, phase: 'active', region: HERE };
const MOVED: RegisterRecord = { epoch: 2, phase: 'active', region: THERE };

test.each<[RegisterRecord, 200 | 503]>([
  [ACTIVE, 200],
  [{ epoch: 1, phase: 'fencing', region: HERE }, 503],
  [{ epoch: 1, phase: 'promoting', region: HERE }, 503],
  [MOVED, 503],
  [{ epoch: 2, phase: 'fencing', region: THERE }, 503],
])('%j answers %d', async (record, status) => {
  const world = new World();
  world.record = record;
  expect(await world.coldStart().answer()).toEqual({
    status,
    body: { active: status === 200, epoch: record.epoch },
  });
});

test('never read anything: not active', async () => {
  expect(await new World().coldStart().answer()).toEqual({
    status: 503,
    body: { active: false, stale: true },
  });
});

test.each<[RegisterRecord, boolean]>([
  [ACTIVE, true],
  [MOVED, false],
])(
  'unreadable keeps the last answer of %j, in this process and after a cold start',
  async (record, active) => {
    const world = new World();
    world.record = record;
    const gate = world.coldStart();
    await gate.answer();
    world.record = 'unreadable';
    const kept = { status: active ? 200 : 503, body: { active, epoch: record.epoch, stale: true } };
    expect(await gate.answer()).toEqual(kept);
    expect(await world.coldStart().answer()).toEqual(kept);
  },
);

test('unreadable: a process that slept believes the newer memory of another one', async () => {
  const world = new World();
  world.record = ACTIVE;
  const sleeper = world.coldStart();
  await sleeper.answer();
  world.record = MOVED;
  await world.coldStart().answer();
  world.record = 'unreadable';
  expect(await sleeper.answer()).toMatchObject({ status: 503, body: { epoch: 2, stale: true } });
});

test('without memory it answers from the register all the same, and from its own process when that fails', async () => {
  const world = new World();
  world.memoryIsDown = true;
  world.record = ACTIVE;
  const gate = world.coldStart();
  expect((await gate.answer()).status).toBe(200);
  world.record = 'unreadable';
  expect((await gate.answer()).status).toBe(200);
  expect((await world.coldStart().answer()).status).toBe(503);
});

test('writes its memory only when the answer is new, and never an older one over a newer one', async () => {
  const world = new World();
  world.record = ACTIVE;
  const gate = world.coldStart();
  for (let call = 0; call < 5; call += 1) await gate.answer();
  expect(world.saves).toBe(1);
  world.memory = { active: false, epoch: 7 };
  await world.coldStart().answer();
  expect(world.memory).toEqual({ active: false, epoch: 7 });
});

test('a parameter that holds no memory, as at birth, is none', () => {
  expect(parseMemory('{"active":true,"epoch":3}')).toEqual({ active: true, epoch: 3 });
  for (const text of [
    undefined,
    '',
    'unset',
    'null',
    '{}',
    '{"active":"true","epoch":3}',
    '{"active":true}',
  ]) {
    expect(parseMemory(text)).toBeUndefined();
  }
});
