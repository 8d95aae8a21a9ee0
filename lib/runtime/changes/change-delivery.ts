import type { Queryable } from '../database/database';
import type { FencedTransactions } from '../database/fence';
import { type PlacedChange, readChanges } from './change-log';

/** Changes that are delivered together. The same batch has the same name and the same changes at every attempt. */
export interface ChangeBatch {
  /** Epoch, first and last place: names the batch for good. */
  readonly name: string;
  readonly changes: readonly PlacedChange[];
}

/** What a delivery stands on. */
export interface ChangeDeliveryOptions {
  /** Name of its row in `change_deliveries`. */
  readonly name: string;
  readonly fenced: Pick<FencedTransactions, 'run' | 'requireLease'>;
  /** Brings a batch to where it belongs; rejects when not all of it is there. It may be asked again for the same batch. */
  readonly deliver: (batch: ChangeBatch) => Promise<void>;
  /** Most changes of a batch. @default 5000 */
  readonly most?: number;
  /** A smaller batch waits until its first change is so old, in seconds. @default 0: it does not wait */
  readonly gatherSeconds?: number;
}

const MOST = 5000;

/**
 * Brings changes elsewhere in batches, in order. A batch is planned in one transaction, delivered outside of any, and
 * noted as delivered in another. Whoever finds it planned, after a crash or a move too, delivers the very same batch
 * under the same name: where a name holds one thing, such as a file, the effect is exactly once.
 */
export class ChangeDelivery {
  constructor(private readonly options: ChangeDeliveryOptions) {}

  /**
   * Delivers one batch; returns whether there may be more.
   *
   * @throws RuntimeError `fenced`, `not-active` or `unavailable`, and whatever `deliver` throws; the batch stays planned
   */
  async turn(epoch: number): Promise<boolean> {
    const { name, fenced, deliver } = this.options;
    const found = await fenced.run(epoch, async transaction => {
      const plan = await this.plan(transaction, epoch);
      if (plan === undefined) return undefined;
      const count = plan.planned - plan.position;
      return { plan, changes: await readChanges(transaction, plan.position + 1, count) };
    });
    if (found === undefined) return false;
    const { plan, changes } = found;
    const last = changes.at(-1);
    if (changes.length !== plan.planned - plan.position || last?.position !== plan.planned) {
      throw new Error(`delivery ${name}: changes ${plan.position + 1} to ${plan.planned} are not all there`);
    }
    fenced.requireLease(epoch);
    await deliver({ name: batchName(plan), changes });
    await fenced.run(epoch, transaction => this.note(transaction, plan, epoch));
    return true;
  }

  /** Whether a turn may have something to do; reads alone. */
  async isDue(database: Queryable): Promise<boolean> {
    const { name, most = MOST, gatherSeconds = 0 } = this.options;
    const { rows } = await database.query<{ due: boolean }>(DUE, [name, most, gatherSeconds]);
    return rows[0]?.due !== false;
  }

  /** The batch in hand, or the next one when there is enough for it. */
  private async plan(transaction: Queryable, epoch: number): Promise<Plan | undefined> {
    const { name, most = MOST, gatherSeconds = 0 } = this.options;
    const held = await this.held(transaction, epoch);
    if (held === undefined || held.planned !== null) return held as Plan | undefined;
    const { rows } = await transaction.query<{ end: number | null; count: number; seconds: number }>(
      `SELECT max(position)::float8 AS end, count(*)::int AS count,
          extract(epoch FROM clock_timestamp() - min(at))::float8 AS seconds
         FROM (SELECT position, at FROM changes WHERE position > $1 ORDER BY position LIMIT $2) AS next`,
      [held.position, most],
    );
    const { end = null, count = 0, seconds = 0 } = rows[0] ?? {};
    if (end === null || (count < most && seconds < gatherSeconds)) return undefined;
    await transaction.query(
      `UPDATE change_deliveries SET planned = $2, planned_epoch = $3, epoch = $3, updated_at = now()
        WHERE name = $1`,
      [name, end, epoch],
    );
    return { position: held.position, planned: end, plannedEpoch: epoch };
  }

  /** A new delivery begins with the first change that is kept. Leaves a row that another process plans with, so that none waits. */
  private async held(transaction: Queryable, epoch: number): Promise<Held | undefined> {
    const { name } = this.options;
    await transaction.query(
      `INSERT INTO change_deliveries (name, position, epoch)
         SELECT $1, coalesce((SELECT min(position) - 1 FROM changes), last), $2 FROM change_order
       ON CONFLICT DO NOTHING`,
      [name, epoch],
    );
    const { rows } = await transaction.query<Held>(
      `SELECT position::float8 AS position, planned::float8 AS planned, planned_epoch::float8 AS "plannedEpoch"
         FROM change_deliveries WHERE name = $1 FOR UPDATE SKIP LOCKED`,
      [name],
    );
    return rows[0];
  }

  /** Of two processes that delivered the same batch, the first one notes it. */
  private async note(transaction: Queryable, plan: Plan, epoch: number): Promise<void> {
    await transaction.query(
      `UPDATE change_deliveries
          SET position = planned, planned = NULL, planned_epoch = NULL, epoch = $4, updated_at = now()
        WHERE name = $1 AND position = $2 AND planned = $3`,
      [this.options.name, plan.position, plan.planned, epoch],
    );
  }
}

/** Places have no gap, so a full batch shows by its last one. */
const DUE = `SELECT planned IS NOT NULL
    OR EXISTS (SELECT FROM changes WHERE position = d.position + $2)
    OR (SELECT at FROM changes WHERE position > d.position ORDER BY position LIMIT 1)
      <= clock_timestamp() - make_interval(secs => $3) IS TRUE AS due
  FROM change_deliveries d WHERE name = $1`;

interface Plan {
  readonly position: number;
  readonly planned: number;
  readonly plannedEpoch: number;
}

interface Held {
  readonly position: number;
  readonly planned: number | null;
  readonly plannedEpoch: number | null;
}

/** Padded, so that names sort by place. */
function batchName({ position, planned, plannedEpoch }: Plan): string {
  const padded = (value: number) => String(value).padStart(12, '0');
  return `${padded(position + 1)}-${padded(planned)}-e${plannedEpoch}`;
}
