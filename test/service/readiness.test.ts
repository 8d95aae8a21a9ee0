import type { RegisterRecord } from '../../lib/runtime/register/register';
import { type ReadinessFacts, readiness } from '../../lib/service/readiness';

const HERE = 'us-east-2';
const ACTIVE: RegisterRecord = { epoch: 2, phase: 'active', region: HERE };
const ELSEWHERE: RegisterRecord = { epoch: 2, phase: 'active', region: 'us-west-2' };

const writer: ReadinessFacts = {
  region: HERE,
  draining: false,
  record: ACTIVE,
  registerProblem: undefined,
  lease: { held: true, epoch: 2, validUntil: 1 },
  activation: { active: true, epoch: 2 },
  database: { writable: true },
  cacheProblem: undefined,
  queue: 'ok',
  config: { version: 'v1', ageSeconds: 3 },
};
const standby: ReadinessFacts = {
  ...writer,
  record: ELSEWHERE,
  lease: { held: false, reason: 'not-active', record: ELSEWHERE },
  activation: { active: false, reason: 'the lease is not held' },
  database: { writable: false, lagSeconds: 0.5 },
};

test('a writer', () => {
  expect(readiness(writer)).toEqual({
    ready: true,
    role: 'active',
    epoch: 2,
    phase: 'active',
    lease: true,
    checks: { register: 'ok', database: 'ok', cache: 'ok', queue: 'ok' },
    database: { writable: true },
    config: { version: 'v1', ageSeconds: 3 },
  });
});

test('a standby that could serve once promoted', () => {
  expect(readiness(standby)).toMatchObject({
    ready: true,
    role: 'standby',
    lease: false,
    database: { writable: false, lagSeconds: 0.5 },
  });
});

test.each<[string, ReadinessFacts, boolean]>([
  ['a writer without cache and queue', { ...writer, cacheProblem: 'down', queue: 'down' }, true],
  ['a writer that stops', { ...writer, draining: true }, false],
  [
    'a writer whose lease ran out',
    { ...writer, lease: { held: false, reason: 'expired' }, activation: standby.activation },
    false,
  ],
  [
    'a named Region whose database is a replica',
    { ...writer, database: standby.database, activation: standby.activation },
    false,
  ],
  ['a standby without database', { ...standby, database: { writable: false, problem: 'refused' } }, false],
  ['a standby that cannot read the register', { ...standby, registerProblem: 'no quorum' }, false],
  [
    'a process that never read the register',
    { ...standby, record: undefined, registerProblem: 'not read' },
    false,
  ],
])('%s', (_what, facts, ready) => {
  expect(readiness(facts).ready).toBe(ready);
});
