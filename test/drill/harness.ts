import type { DrillContext, DrillSettings, JournalStore } from '../../lib/drill';
import type { Clock, OutputEvent } from '../../lib/ports';
import { EAST, FakeWorld, HOST, WEST } from './fake-world';
import { VirtualClock } from './virtual-clock';

const BEFORE = [
  { phase: 'detection', seconds: 180 },
  { phase: 'decision', seconds: 120 },
];

const budgetLines = (promotionSeconds: number) => [
  { phase: 'scale-up', seconds: 0 },
  { phase: 'fencing', seconds: 5 },
  { phase: 'lease-wait', seconds: 12 },
  { phase: 'promotion', seconds: promotionSeconds },
  { phase: 'activation', seconds: 15 },
  { phase: 'traffic', seconds: 90 },
  { phase: 'reconnect', seconds: 10 },
  { phase: 'verification', seconds: 10 },
];

export const SETTINGS: DrillSettings = {
  application: 'orders',
  host: HOST,
  regions: [EAST, WEST],
  register: 'strong',
  leaseSeconds: 10,
  leaseMarginSeconds: 2,
  promisedClones: { [EAST]: 2, [WEST]: 2 },
  objectives: { rtoSeconds: 900, rpoSeconds: 30 },
  budgets: { switchover: budgetLines(120), failover: [...BEFORE, ...budgetLines(180)] },
};

/** Thrown by everything that a killed process touches. */
export class Killed extends Error {}

/** Journals in memory, shared by the processes of a test. */
export class MemoryJournals implements JournalStore {
  readonly files = new Map<string, string>();
  readonly saved = new Map<string, string>();
  /** Called before each append, with the number of appends so far. */
  onAppend: (count: number, line: string) => void = () => undefined;
  appends = 0;

  open(id: string) {
    return {
      append: (line: string) => {
        this.onAppend(this.appends, line);
        this.appends++;
        this.files.set(id, (this.files.get(id) ?? '') + line);
      },
      read: () => this.files.get(id) ?? '',
    };
  }

  ids(): readonly string[] {
    return [...this.files.keys()];
  }

  save(id: string, name: string, text: string): void {
    this.saved.set(`${id}/${name}`, text);
  }
}

const harnesses: Harness[] = [];
afterEach(() => {
  for (const harness of harnesses.splice(0)) harness.clock.stop();
});

/** One world and the processes that work on it. */
export class Harness {
  readonly clock = new VirtualClock();
  readonly world = new FakeWorld(this.clock);
  readonly journals = new MemoryJournals();
  readonly events: OutputEvent[] = [];
  private processes = 0;

  constructor() {
    harnesses.push(this);
  }

  /** A process with ports of its own, which all throw once it was killed. */
  process(overrides: Partial<DrillContext> = {}): { context: DrillContext; kill: () => void } {
    let dead = false;
    const alive = () => {
      if (dead) throw new Killed('the process was killed');
    };
    const clock: Clock = {
      now: this.clock.now,
      monotonic: this.clock.monotonic,
      sleep: async (milliseconds, signal) => {
        alive();
        await this.clock.sleep(milliseconds, signal);
        alive();
      },
    };
    const journals: JournalStore = {
      open: id => {
        const file = this.journals.open(id);
        return {
          append: line => {
            alive();
            file.append(line);
          },
          read: file.read,
        };
      },
      ids: () => this.journals.ids(),
      save: (id, name, text) => {
        alive();
        this.journals.save(id, name, text);
      },
    };
    this.processes++;
    const context: DrillContext = {
      cloud: this.world.cloud(alive),
      outside: this.world.outside(alive),
      clock,
      output: { emit: event => void this.events.push(event) },
      random: () => 0.5,
      settings: SETTINGS,
      entries: { service: { scheme: 'https', port: 443 }, gate: { scheme: 'https', port: 443 } },
      timeScale: 10,
      target: 'lab',
      directory: 'out/drills',
      holder: `process-${this.processes}`,
      journals,
      ...overrides,
    };
    return {
      context,
      kill: () => {
        dead = true;
      },
    };
  }
}

/** The error of a promise that must reject. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('expected a rejection');
}

/** Calls `stop` right after the journal wrote the beginning or the end of a step. */
export function stopAt(
  harness: Harness,
  type: 'step-begin' | 'step-end',
  step: string,
  stop: () => void,
): void {
  harness.journals.onAppend = (_count, line) => {
    const entry = JSON.parse(line) as { type: string; step?: string };
    if (entry.type === type && entry.step === step) stop();
  };
}
