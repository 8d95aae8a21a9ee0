import fc from 'fast-check';
import {
  decideFailover,
  type FailoverObservation,
  type FailoverPolicy,
  type FailoverRequest,
} from '../../../lib/runtime/failover/failover-request';

const EAST = 'us-east-2';
const WEST = 'us-west-2';
const NOW = Date.parse('2026-11-20T10:00:00Z');
const SECOND = 1000;
const POLICY: FailoverPolicy = {
  region: WEST,
  watchedRegion: EAST,
  dampingSeconds: 300,
  coolDownSeconds: 3600,
};
const ago = (seconds: number) => NOW - seconds * SECOND;
const request = (change: Partial<FailoverRequest> = {}): FailoverRequest => ({
  from: EAST,
  to: WEST,
  epoch: 4,
  requestedAt: ago(60),
  because: '',
  ...change,
});

/** The watched Region is lost, and nothing speaks against asking. */
const LOST: FailoverObservation = {
  now: NOW,
  register: { epoch: 4, phase: 'active', region: EAST, updatedAt: ago(7200) },
  drillRuns: false,
  lastRequest: 'none',
  signals: [
    { name: 'deep', state: 'bad', since: ago(300) },
    { name: 'outside', state: 'bad', since: ago(301) },
  ],
  standbyReady: true,
};
const seen = (change: Partial<FailoverObservation>) => decideFailover({ ...LOST, ...change }, POLICY);

test('both signals bad for the damping time: asks, for the epoch that it read', () => {
  expect(seen({})).toEqual({
    kind: 'request',
    request: {
      from: EAST,
      to: WEST,
      epoch: 4,
      requestedAt: NOW,
      because: 'deep bad since 2026-11-20T09:55:00.000Z; outside bad since 2026-11-20T09:54:59.000Z',
    },
  });
});

const [deep, outside] = LOST.signals as [(typeof LOST.signals)[number], (typeof LOST.signals)[number]];
const register = (change: object) => ({ register: { ...LOST.register, ...change } as never });

test.each<[string, Partial<FailoverObservation>, RegExp]>([
  ['the register cannot be read', { register: undefined }, /register unreadable/],
  ['another Region is active', register({ region: 'us-east-1' }), /us-east-2 is not active, us-east-1 is/],
  ['this Region is active itself', register({ region: WEST }), /us-east-2 is not active/],
  ['somebody fences', register({ phase: 'fencing' }), /being moved: fencing/],
  ['somebody promotes', register({ phase: 'promoting' }), /being moved: promoting/],
  ['a drill runs', { drillRuns: true }, /a drill is running/],
  ['the drill lock cannot be read', { drillRuns: undefined }, /drill lock unreadable/],
  ['one signal is good', { signals: [deep, { ...outside, state: 'good' }] }, /outside is good/],
  ['one signal is unknown', { signals: [{ ...deep, state: 'unknown' }, outside] }, /deep is unknown/],
  ['no signal could be read', { signals: [] }, /two independent signals/],
  ['there is one signal', { signals: [deep] }, /two independent signals/],
  ['one signal is there twice', { signals: [deep, deep] }, /two independent signals/],
  [
    'a signal is young',
    { signals: [deep, { ...outside, since: ago(299) }] },
    /outside has not been bad for 300 s/,
  ],
  [
    'the age of a signal is not known',
    { signals: [{ ...deep, since: undefined }, outside] },
    /deep has not been bad/,
  ],
  ['the register moved lately', register({ updatedAt: ago(3599) }), /moved a short while ago/],
  ['the last move has no time', register({ updatedAt: undefined }), /time of the last move unknown/],
  ['a request was made lately', { lastRequest: request() }, /a request was made a short while ago/],
  ['the last request cannot be read', { lastRequest: undefined }, /last request unreadable/],
  ['the standby is not ready', { standbyReady: false }, /us-west-2 is not ready/],
  ['nobody knows whether the standby is ready', { standbyReady: undefined }, /us-west-2 is not ready/],
])('waits when %s', (_what, change, reason) => {
  expect(seen(change)).toMatchObject({ kind: 'wait', reason: expect.stringMatching(reason) });
});

test('a request is open until the register moves on, or its pause has passed; then it is made again', () => {
  expect(seen({ lastRequest: request() })).toMatchObject({ open: true });
  expect(seen({ lastRequest: request(), ...register({ epoch: 5 }) })).toMatchObject({ open: false });
  expect(seen({ lastRequest: request({ to: 'ca-central-1' }) })).toMatchObject({ open: false });
  expect(seen({ lastRequest: request({ requestedAt: ago(3600) }) })).toMatchObject({ kind: 'request' });
  expect(seen({ standbyReady: false })).toMatchObject({ open: false });
});

test('an open request stays open while the register cannot be read: the page does not end by an outage', () => {
  expect(seen({ lastRequest: request(), register: undefined })).toMatchObject({ open: true });
});

test('never asks while anything speaks against it, whatever else is seen', () => {
  const time = fc.integer({ min: 0, max: 8000 }).map(ago);
  const signal = (name: string) =>
    fc.record({
      name: fc.constant(name),
      state: fc.constantFrom('good' as const, 'bad' as const, 'unknown' as const),
      since: fc.option(time, { nil: undefined }),
    });
  const observation = fc.record<FailoverObservation>({
    now: fc.constant(NOW),
    register: fc.option(
      fc.record({
        epoch: fc.integer({ min: 1, max: 9 }),
        phase: fc.constantFrom('active' as const, 'fencing' as const, 'promoting' as const),
        region: fc.constantFrom(EAST, WEST),
        updatedAt: fc.option(time, { nil: undefined }),
      }),
      { nil: undefined },
    ),
    drillRuns: fc.constantFrom(undefined, false, true),
    lastRequest: fc.option(
      fc.oneof(
        fc.constant('none' as const),
        time.map(requestedAt => request({ requestedAt })),
      ),
      { nil: undefined },
    ),
    signals: fc.tuple(signal('deep'), signal('outside')),
    standbyReady: fc.constantFrom(undefined, false, true),
  });
  fc.assert(
    fc.property(observation, given => {
      const decision = decideFailover(given, POLICY);
      const allBad = given.signals.every(({ state, since }) => state === 'bad' && (since ?? NOW) <= ago(300));
      const quiet =
        (given.register?.updatedAt ?? NOW) <= ago(3600) &&
        (given.lastRequest === 'none' || (given.lastRequest?.requestedAt ?? NOW) <= ago(3600));
      const active = given.register?.region === EAST && given.register.phase === 'active';
      const may = active && allBad && quiet && given.drillRuns === false && given.standbyReady === true;
      expect(decision.kind).toBe(may ? 'request' : 'wait');
    }),
    { numRuns: 500 },
  );
});
