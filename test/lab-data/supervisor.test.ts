import type { ProcessExit, ProcessSpec, RunningProcess } from '../../lib/lab/processes';
import { Supervisor } from '../../lib/lab/supervisor';
import type { Clock, OutputEvent } from '../../lib/ports';

/** A clock whose sleeps end when told, and a registry whose processes die when told. */
function world() {
  let now = 0;
  const pauses: number[] = [];
  const running: { die(exit: ProcessExit): void; stopped: boolean }[] = [];
  const events: OutputEvent[] = [];
  let refuse = 0;
  const clock: Clock = {
    now: () => new Date(0),
    monotonic: () => now,
    sleep: async milliseconds => {
      pauses.push(milliseconds);
    },
  };
  const start = async (spec: ProcessSpec): Promise<RunningProcess> => {
    if (refuse > 0) {
      refuse -= 1;
      throw new Error('the port is taken');
    }
    let die: (exit: ProcessExit) => void = () => undefined;
    const exited = new Promise<ProcessExit>(resolve => {
      die = resolve;
    });
    const mine = { die, stopped: false };
    running.push(mine);
    return {
      ...{ pid: running.length, startTime: '1', name: spec.name, command: spec.command, log: '', exited },
      kill: () => die({ code: null, signal: 'SIGKILL' }),
      ...{ freeze: () => undefined, thaw: () => undefined, frozen: false, disturb: async () => undefined },
      stop: async () => {
        mine.stopped = true;
        die({ code: 0, signal: null });
      },
    };
  };
  return {
    clock,
    pauses,
    running,
    events,
    registry: { start },
    output: { emit: (event: OutputEvent) => void events.push(event) },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    refuseNext: (times: number) => {
      refuse = times;
    },
  };
}

const settle = () => new Promise(resolve => setImmediate(resolve));
const killed = { code: null, signal: 'SIGKILL' } as const;

function supervise(there: ReturnType<typeof world>) {
  const ports: number[] = [];
  const supervisor = new Supervisor({
    ...there,
    name: 'clone',
    specify: () => {
      ports.push(ports.length);
      return { name: 'clone', command: 'node', args: [], env: {} };
    },
  });
  return { supervisor, ports };
}

test('what dies unasked is started again from a new specification, and counted', async () => {
  const there = world();
  const { supervisor, ports } = supervise(there);
  await supervisor.start();

  there.running[0]?.die(killed);
  await settle();

  expect(supervisor.restarts).toBe(1);
  expect(supervisor.process?.pid).toBe(2);
  expect(ports).toHaveLength(2);
  expect(there.events).toMatchObject([
    { code: 'lab.process.died', data: { name: 'clone', signal: 'SIGKILL' } },
  ]);
  await supervisor.stop();
});

test('the more often it dies in a row, the longer the pause, up to ten seconds; a settled life starts anew', async () => {
  const there = world();
  const { supervisor } = supervise(there);
  await supervisor.start();
  for (let death = 0; death < 8; death += 1) {
    there.running.at(-1)?.die(killed);
    await settle();
  }
  expect(there.pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);

  there.pass(10_001);
  there.running.at(-1)?.die(killed);
  await settle();
  expect(there.pauses.at(-1)).toBe(250);
  await supervisor.stop();
});

test('a restart that fails is reported and tried again', async () => {
  const there = world();
  const { supervisor } = supervise(there);
  await supervisor.start();
  there.refuseNext(2);

  there.running[0]?.die(killed);
  await settle();

  expect(there.events.filter(event => event.code === 'lab.process.failed')).toHaveLength(2);
  expect(supervisor.process?.pid).toBe(2);
  await supervisor.stop();
});

test('what is stopped stays down, and may be started again', async () => {
  const there = world();
  const { supervisor } = supervise(there);
  await supervisor.start();
  await supervisor.stop();
  await settle();
  expect(there.running).toHaveLength(1);
  expect(supervisor.process).toBeUndefined();

  await supervisor.start();
  expect(supervisor.process?.pid).toBe(2);
  await supervisor.stop();
  expect(there.running.every(each => each.stopped)).toBe(true);
});

test('a first start that fails is the error of the caller', async () => {
  const there = world();
  const { supervisor } = supervise(there);
  there.refuseNext(1);
  await expect(supervisor.start()).rejects.toThrow('the port is taken');
});
