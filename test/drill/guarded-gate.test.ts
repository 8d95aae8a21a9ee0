import { gate } from '../../lib/drill/load/probe';
import type { DrillContext } from '../../lib/drill/run/context';
import { HoldfastError } from '../../lib/errors';

const WEST = 'us-west-2';

/** A gate whose web ACL does not know the operator, over a register that is read as given. */
function guarded(readRegister: () => Promise<unknown>): DrillContext {
  return {
    settings: { host: 'orders.example.com' },
    entries: { gate: { scheme: 'https', port: 443 } },
    outside: { request: async () => ({ status: 403, headers: {}, body: '{"message":"Forbidden"}' }) },
    cloud: { readRegister },
  } as unknown as DrillContext;
}

const record = (phase: string, region: string) => async () => ({ record: { epoch: 7, phase, region } });

test.each([
  ['active here', record('active', WEST), { active: true, epoch: 7 }],
  ['active elsewhere', record('active', 'us-east-2'), { active: false, epoch: 7 }],
  ['draining here', record('draining', WEST), { active: false, epoch: 7 }],
  ['not born', async () => undefined, { active: false }],
])('a gate that forbids the operator is read in its Region’s register: %s', async (_, read, expected) => {
  expect(await gate(guarded(read), WEST)).toEqual(expected);
});

test('a gate that forbids, over a register that does not answer, is no answer', async () => {
  const unavailable = async () => {
    throw new HoldfastError('unavailable', 'no quorum');
  };
  expect(await gate(guarded(unavailable), WEST)).toBeUndefined();
});
