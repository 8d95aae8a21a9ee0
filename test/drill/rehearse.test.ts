import { rehearseDrill } from '../../lib/drill';
import { STEPS_OF_MODE } from '../../lib/drill/plan/plan-steps';
import { EAST, HOST, WEST } from './fake-world';
import { Harness } from './harness';

const CHANGES = /^(raiseRegister|createRegister|takeLock|renewLock|releaseLock|start|raiseFloor)/;

describe('a rehearsal', () => {
  test.each(['switchover', 'failback', 'failover'] as const)(
    'of a %s looks at every step and changes nothing',
    async mode => {
      const harness = new Harness();
      if (mode === 'failover') harness.world.lost = EAST;
      const { world } = harness;
      const before = JSON.stringify([world.register, world.lock, world.groups, world.orders.size]);
      const { report, exitCode } = await rehearseDrill(harness.process().context, { to: WEST, mode });
      expect(report).toMatchObject({ mode: 'rehearse', of: mode, verdict: 'clean', forbiddenCalls: [] });
      expect(exitCode).toBe(0);
      expect(report.steps.map(({ step }) => step)).toEqual(STEPS_OF_MODE[mode]);
      expect(world.log.filter(call => CHANGES.test(call))).toEqual([]);
      expect(JSON.stringify([world.register, world.lock, world.groups, world.orders.size])).toBe(before);
      expect(harness.journals.ids()).toEqual([]);
      const names = [...harness.journals.saved.keys()].map(name => name.split('/')[1]);
      expect(names).toEqual(['rehearsal.json', 'rehearsal.md']);
    },
  );

  test('says what would be sent, where, and under which condition', async () => {
    const { report } = await rehearseDrill(new Harness().process().context, { to: WEST });
    const sends = Object.fromEntries(report.steps.map(({ step, sends }) => [step, sends[0]]));
    expect(sends.fence).toBe(`PutItem in ${WEST}: epoch 2 fencing ${WEST}, if it is epoch 1 active ${EAST}`);
    expect(sends['switch-database']).toContain(
      `SwitchoverGlobalCluster in ${EAST}: target arn:aws:rds:${WEST}`,
    );
  });

  test('asks nothing of the control plane of a Region that counts as lost', async () => {
    const harness = new Harness();
    await rehearseDrill(harness.process().context, { to: WEST, mode: 'failover' });
    expect(harness.world.log.filter(call => call.endsWith(EAST))).toEqual([]);
  });

  test('is failed by a gate that does not answer, long before it would keep DNS from turning', async () => {
    const harness = new Harness();
    harness.world.silent.add(`gate-${WEST}.${HOST}`);
    const { report, exitCode } = await rehearseDrill(harness.process().context, { to: WEST });
    expect(exitCode).toBe(2);
    const gates = report.steps.find(({ step }) => step === 'wait-gates');
    expect(gates?.looks[0]).toEqual({ state: 'failed', text: `gate-${WEST}.${HOST} does not answer` });
  });

  test.each([
    ['denied', 2, 'failed'],
    ['throttle', 1, 'unknown'],
  ] as const)('where writing the register is answered by %s: exit %i', async (fault, code, verdict) => {
    const harness = new Harness();
    harness.world.faults = name => (name === 'mayRaiseRegister' ? fault : 'none');
    const { report, exitCode } = await rehearseDrill(harness.process().context, { to: WEST });
    expect(exitCode).toBe(code);
    expect(report.verdict).toBe(verdict);
  });
});
