import { homeScope } from '../naming';
import type { Cloud } from '../ports';
import { alarms } from './alarms';
import { capacity, raiseFloor } from './capacity';
import { Connection, type ConnectionOptions } from './clients';
import { configState } from './config-state';
import { GlobalDatabaseApi } from './database';
import { DrillJournalTable } from './drill-journal';
import { DrillLockTable } from './drill-lock';
import { queueDepths } from './queues';
import { quotas } from './quotas';
import { RegisterTable } from './register';
import { replicationLag } from './replication-lag';
import { bootstrapVersion, dataKeyState, stacks } from './surroundings';
import { releaseUnderWay } from './under-way';

/** Options of {@link createAwsCloud}. */
export interface AwsCloudOptions extends ConnectionOptions {
  /** Name of the application; prefix of every name (lib/naming). */
  readonly application: string;
  /** Home of an active-active application: its record of the register, its database. @default - there are none */
  readonly home?: string;
}

/** The port with its connections. */
export interface AwsCloud extends Cloud {
  /** Closes every connection. */
  close(): void;
}

/** Makes the `Cloud` of an application. Nothing is connected before the first call. */
export function createAwsCloud(options: AwsCloudOptions): AwsCloud {
  const { application, home } = options;
  const scope = homeScope(application, home);
  const connection = new Connection(options);
  const register = new RegisterTable(connection, application, home);
  const lock = new DrillLockTable(connection, application, home);
  const journal = new DrillJournalTable(connection, application, home);
  const database = new GlobalDatabaseApi(connection, scope);
  return {
    readRegister: region => register.read(region),
    createRegister: (region, record, by) => register.create(region, record, by),
    raiseRegister: (region, raise) => register.raise(region, raise),
    mayRaiseRegister: region => register.mayRaise(region),
    readLock: region => lock.read(region),
    takeLock: (region, next, previous) => lock.take(region, next, previous),
    renewLock: (region, next) => lock.renew(region, next),
    releaseLock: (region, held) => lock.release(region, held),
    readJournalCopy: region => journal.read(region),
    writeJournalCopy: (region, copy, previous) => journal.write(region, copy, previous),
    databaseState: (region, statusOf) => database.state(region, statusOf),
    replicationLag: (region, writerRegion) => replicationLag(connection, { scope, region, writerRegion }),
    startSwitchover: (writerRegion, arn, maySend) => database.startSwitchover(writerRegion, arn, maySend),
    startFailover: (region, arn, maySend) => database.startFailover(region, arn, maySend),
    capacity: region => capacity(connection, application, region),
    raiseFloor: (region, group, minimum) => raiseFloor(connection, region, { group, minimum }),
    queueDepths: region => queueDepths(connection, scope, region),
    releaseUnderWay: region => releaseUnderWay(connection, application, region),
    configState: region => configState(connection, application, region),
    alarms: region => alarms(connection, application, region),
    quotas: region => quotas(connection, region),
    dataKeyState: region => dataKeyState(connection, application, region),
    bootstrapVersion: region => bootstrapVersion(connection, region),
    stacks: region => stacks(connection, { application, home }, region),
    clockAheadSeconds: region => connection.clockAheadSeconds(region),
    calls: () => [...connection.calls],
    close: () => connection.close(),
  };
}
