import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../lib/clock';
import { fileJournals, Journal } from '../../lib/drill';
import type { LabStatus } from '../../lib/lab';
import type { Outside } from '../../lib/ports';
import { type DrillStarter, type MoveRequest, type ServedUi, serveUi } from '../../lib/ui';
import { ROOT } from '../helpers/sources';

const recorded = JSON.parse(readFileSync(path.join(__dirname, 'recorded-lab.json'), 'utf8'));

/** Key of the world's server. */
export const KEY = 'a-key-of-this-start';

/** A drill of a real lab, line by line. */
export const RECORDED_JOURNAL: readonly Record<string, unknown>[] = recorded.journal;

/** A lab as it was recorded, which a test may change, and a starter that a test drives. */
export class UiWorld {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-ui-'));
  readonly journals = fileJournals(this.folder);
  /** What the next look sees. */
  status = structuredClone(recorded.status) as unknown as LabStatus;
  /** Set to make every look hang, as one at a lab that does not answer. */
  hang = false;
  gates: Record<string, 'active' | 'standby' | 'down'> = { 'us-east-2': 'active', 'us-west-2': 'standby' };
  readonly started: MoveRequest[] = [];
  readonly undone: string[] = [];
  /** What a started drill does. */
  drill: (request: MoveRequest, signal: AbortSignal) => Promise<void> = async () => undefined;
  private served: ServedUi | undefined;
  private readonly stop = new AbortController();

  async serve(port?: number): Promise<ServedUi> {
    const starter: DrillStarter = {
      start: async (request, signal) => {
        this.started.push(request);
        await this.drill(request, signal);
      },
      undo: async id => {
        this.undone.push(id);
      },
    };
    this.served = await serveUi({
      clock: systemClock,
      lab: {
        application: 'orders',
        serviceHost: 'orders.example.com',
        since: recorded.status.since,
        timeScale: 8,
        regions: ['us-east-2', 'us-west-2'],
        objectives: { rtoSeconds: 112.5, rpoSeconds: 7.5 },
      },
      look: () => (this.hang ? new Promise(() => undefined) : Promise.resolve(this.status)),
      answers: {
        outside: this.outside(),
        host: 'orders.example.com',
        entries: { service: { scheme: 'http', port: 1 }, gate: { scheme: 'http', port: 2 } },
      },
      drills: { journals: this.journals, directory: this.folder },
      starter,
      pageFolder: path.join(ROOT, 'lib', 'ui', 'page'),
      key: KEY,
      signal: this.stop.signal,
      port,
    });
    return this.served;
  }

  /** Writes a drill's journal, as far as `until` lines, with the times moved to now. */
  record(id: string, until: number, extra: readonly object[] = []): void {
    const journal = new Journal(this.journals.open(id), () => new Date());
    for (const { seq: _, at: __, ...fact } of RECORDED_JOURNAL.slice(0, until)) {
      journal.append((fact.type === 'begin' ? { ...fact, id, ledger: undefined } : fact) as never);
    }
    for (const fact of extra) journal.append(fact as never);
  }

  /** Whether somebody holds the lock of a drill, as the lab's status says. */
  lock(drillId: string | undefined): void {
    const lock = { holder: 'other', epoch: 2, leaseSeconds: 4, heartbeatAt: `${Math.random()}` };
    this.status = { ...this.status, drillLock: drillId === undefined ? undefined : { ...lock, drillId } };
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.served?.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private outside(): Outside {
    return {
      resolve: async () => ({ addresses: [], ttlSeconds: 1 }),
      certificateEnd: async () => new Date('2100-01-01T00:00:00Z'),
      request: async ({ host, path: asked }) => {
        const region = Object.keys(this.gates).find(name => host.includes(name)) ?? '';
        const says = this.gates[region];
        if (says === 'down' || says === undefined) throw new Error(`nothing answers at ${host}`);
        const active = says === 'active';
        const body = asked === '/' ? { active, epoch: 1 } : { ready: true, role: says, epoch: 1 };
        return { status: asked === '/' && !active ? 503 : 200, headers: {}, body: JSON.stringify(body) };
      },
    };
  }
}
