import { resumeDrill, runDrill } from '../../lib/drill';
import { Gate, type GateMemory } from '../../lib/runtime/gate/gate';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { EAST, WEST } from './fake-world';
import { Harness } from './harness';

test('a gate that is cut off from the register and repeats "active" is named with what closes it, and closes', async () => {
  let memory: GateMemory | undefined = { active: true, epoch: 1 };
  const gate = new Gate({
    region: EAST,
    register: { read: () => Promise.reject(new Error('no quorum')) },
    store: { load: async () => memory, save: async () => undefined },
    logger: silentLogger,
  });
  const harness = new Harness();
  const cutOff = () => {
    const { context } = harness.process();
    const request: typeof context.outside.request = async asked => {
      if (!asked.host.startsWith(`gate-${EAST}`)) return context.outside.request(asked);
      const { status, body } = await gate.answer();
      return { status, headers: {}, body: JSON.stringify(body) };
    };
    return { ...context, outside: { ...context.outside, request } };
  };
  const { report } = await runDrill(cutOff(), { to: WEST });
  expect(report.outcome).toBe('safe-stop');
  const told = /write (\{.*\}) into its parameter \/orders\/gate\/last-answer in us-east-2/.exec(
    report.reason ?? '',
  );
  memory = JSON.parse(told?.[1] ?? '') as GateMemory;
  expect(memory).toEqual({ active: false, epoch: 2 });
  expect((await resumeDrill(cutOff())).report.outcome).toBe('done');
});
