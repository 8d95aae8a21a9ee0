import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { waitFor } from '../wait-for';
import { readControlFile } from './control-file';
import type { PostgresServer } from './server';

/** Milliseconds within which a standby must have replayed a stopped primary's last record. */
const CATCH_UP_TIMEOUT = 20_000;
/** Milliseconds within which a promotion must end. */
const PROMOTION_TIMEOUT = 60_000;

/**
 * Waits until `target` has replayed the last record of `old`, which was shut down in order.
 * @throws HoldfastError `refused` when it was not shut down in order, `timeout`
 */
export async function caughtUp(old: PostgresServer, target: PostgresServer, clock: Clock): Promise<void> {
  const { stoppedAs, checkpoint } = readControlFile(old.dataFolder);
  if (stoppedAs !== 'primary') throw new HoldfastError('refused', `${old.region} was not shut down in order`);
  // The checkpoint starts at this position, so a standby beyond it has replayed it: it is the last record.
  await waitFor(async () => (await target.position()) > checkpoint, {
    clock,
    timeout: CATCH_UP_TIMEOUT,
    interval: 20,
    what: `${target.region} to replay the last record of ${old.region}`,
  });
}

/**
 * Asks for promotion until the server is writable; asking twice does no harm.
 * @throws HoldfastError `timeout`
 */
export async function promote(target: PostgresServer, clock: Clock): Promise<void> {
  await waitFor(
    async () => {
      if (await target.isStandby()) await target.query('select pg_promote(true, 10)', [], 12_000);
      return !(await target.isStandby());
    },
    { clock, timeout: PROMOTION_TIMEOUT, what: `${target.region} to become writable` },
  );
}
