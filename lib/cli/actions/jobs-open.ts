import path from 'node:path';
import type { HomeTopology } from '../../../regions';
import { createAwsCloud } from '../../aws';
import { HoldfastError } from '../../errors';
import { type JobsContext, type OperatorQueue, operatorQueue, type QueueKind } from '../../jobs';
import { labConnection } from '../../lab';
import { deadLetterQueueName, homeScope, queueName } from '../../naming';
import type { RegisterState } from '../../ports';
import { FencedTransactions } from '../../runtime/database/fence';
import { PostgresPool } from '../../runtime/database/postgres-pool';
import type { DatabaseSettings } from '../../runtime/environment/environment';
import { RuntimeError, reasonOf } from '../../runtime/errors';
import { ReadLease } from '../../runtime/register/lease';
import { LeaseKeeper } from '../../runtime/register/lease-keeper';
import { isActive } from '../../runtime/register/register';
import { silentLogger } from '../../runtime/telemetry/logger';
import type { CommandContext } from '../context';
import type { DrillTarget } from '../drill-target';
import { writerEndpoint } from './jobs-endpoint';

/** User as which the service's tables are read and written. */
const USER = 'service';

/** How the target is reached: the same for a lab and an account, but for these. */
interface Access {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly timeScale: number;
  database(region: string): Promise<DatabaseSettings>;
}

/**
 * Opens the jobs of the active Region: its database under a lease of this process's own, read from the register as a
 * clone reads it, and the queues of every Region. What is left when `act` ends is closed.
 *
 * @throws HoldfastError `refused` while no Region is active, `unavailable` when the register or database is away
 */
export async function withJobs<T>(
  context: CommandContext,
  topology: HomeTopology,
  target: DrillTarget,
  act: (jobs: JobsContext) => Promise<T>,
): Promise<T> {
  const { clock } = context;
  const access = accessTo(context, topology, target);
  const scope = homeScope(topology.application, topology.home);
  const cloud = createAwsCloud({ clock, application: topology.application, home: topology.home, ...access });
  const closing: (() => unknown)[] = [() => cloud.close()];
  const over = new AbortController();
  try {
    const regions = topology.regions.map(({ name }) => name);
    const { record } = await readRegister(regions, region => cloud.readRegister(region));
    const { region, epoch } = record;
    if (!isActive(record, region)) {
      const text = `no Region is active: the register says ${record.phase} for ${region} at epoch ${epoch}`;
      throw new HoldfastError('refused', `${text}; wait until the move has ended, or resume it`);
    }
    const milliseconds = (topology.recovery.leaseSeconds * 1000) / access.timeScale;
    const register = { read: async () => required(await cloud.readRegister(region)).record };
    const lease = new ReadLease(region, milliseconds);
    const keeper = new LeaseKeeper({ lease, register, clock, logger: silentLogger });
    await keeper.renew();
    const keeping = keeper.run(over.signal);
    closing.push(() => keeping);
    const settings = await access.database(region);
    const database = new PostgresPool({
      settings,
      host: settings.host,
      region,
      applicationName: 'holdfast jobs',
      logger: silentLogger,
      maximumConnections: 2,
      statementTimeoutMilliseconds: 15_000,
    });
    closing.push(() => database.close());
    const { queue, close } = queuesOf(scope, access);
    closing.push(close);
    return await act({
      ...{ regions, active: { region, epoch }, database, queue, clock },
      fenced: new FencedTransactions(database, () => keeper.current()),
      output: context.output,
      signal: context.signal,
      operator: context.environment.USER ?? context.environment.LOGNAME ?? 'unknown',
    });
  } catch (error) {
    throw toHoldfastError(error);
  } finally {
    over.abort();
    for (const close of closing.reverse()) await close();
  }
}

function accessTo(context: CommandContext, topology: HomeTopology, target: DrillTarget): Access {
  const { databaseName: name } = topology.database;
  if (target === 'aws') {
    const ca = context.environment.HOLDFAST_DATABASE_CA;
    const certificateAuthorityPath = ca === undefined ? undefined : path.resolve(ca);
    return {
      timeScale: 1,
      database: async region => ({
        ...(await writerEndpoint(homeScope(topology.application, topology.home), region)),
        name,
        user: USER,
        authentication: { kind: 'iam', certificateAuthorityPath },
      }),
    };
  }
  const { endpoint, credentials, timeScale, databases } = labConnection(context.projectRoot, topology.home);
  return {
    endpoint,
    credentials,
    timeScale,
    async database(region) {
      const found = databases[region];
      if (found === undefined) throw new HoldfastError('not-found', `the lab has no database in ${region}`);
      const { host, port, passwordFile } = found;
      return { host, port, name, user: USER, authentication: { kind: 'file', path: passwordFile } };
    },
  };
}

/** The newest record that any Region gives: one that is lost must not stop a look at the others. */
async function readRegister(
  regions: readonly string[],
  read: (region: string) => Promise<RegisterState | undefined>,
): Promise<RegisterState> {
  const answers = await Promise.allSettled(regions.map(read));
  const states = answers.flatMap(answer =>
    answer.status === 'fulfilled' && answer.value !== undefined ? [answer.value] : [],
  );
  const [newest] = states.sort((a, b) => b.record.epoch - a.record.epoch);
  const failed = answers.find(answer => answer.status === 'rejected');
  if (newest === undefined && failed !== undefined) throw failed.reason;
  return required(newest);
}

function required(state: RegisterState | undefined): RegisterState {
  if (state !== undefined) return state;
  throw new HoldfastError('not-found', 'the register holds no record: the application was not born yet');
}

function queuesOf(
  scope: string,
  access: Pick<Access, 'endpoint' | 'credentials'>,
): { queue(region: string, kind: QueueKind): OperatorQueue; close(): void } {
  const known = new Map<string, OperatorQueue & { close(): void }>();
  return {
    queue(region, kind) {
      const name = (kind === 'work' ? queueName : deadLetterQueueName)(scope);
      const key = `${region} ${name}`;
      const { endpoint, credentials } = access;
      const queue = known.get(key) ?? operatorQueue({ region, name, endpoint, credentials });
      known.set(key, queue);
      return queue;
    },
    close() {
      for (const queue of known.values()) queue.close();
    },
  };
}

function toHoldfastError(error: unknown): unknown {
  if (error instanceof HoldfastError || !(error instanceof Error)) return error;
  if (error instanceof RuntimeError) {
    const code = error.code === 'not-active' || error.code === 'fenced' ? 'refused' : 'unavailable';
    return new HoldfastError(code, error.message, [], { cause: error });
  }
  if (error instanceof TypeError || error instanceof ReferenceError) return error;
  return new HoldfastError('unavailable', reasonOf(error), [], { cause: error });
}
