// A process that works sagas against a payment provider in another process: the service's own code, under a lease that
// the test holds for it. Bundled and started by test/service/payment-process.test.ts.
import { systemClock } from '../../lib/runtime/clock';
import { FencedTransactions } from '../../lib/runtime/database/fence';
import { PostgresPool } from '../../lib/runtime/database/postgres-pool';
import { databasePart } from '../../lib/runtime/environment/environment';
import { EnvironmentReader } from '../../lib/runtime/environment/environment-reader';
import { serviceAddressPart } from '../../lib/runtime/environment/service-address';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { runSagasAndProjections } from '../../lib/service/saga/saga-worker';
import { TestLease } from './orders-world';

const reader = new EnvironmentReader(process.env);
const lease = new TestLease(reader.number('EPOCH', undefined, { minimum: 1, maximum: 100 }));
const settings = databasePart(reader);
const payment = serviceAddressPart(reader, 'HOLDFAST_PAYMENT', 'payment');
reader.finish();
const region = 'us-east-2';
const logger = jsonLogger({
  clock: systemClock,
  write: line => void process.stdout.write(`${line}\n`),
  base: {},
});
const database = new PostgresPool({
  settings,
  host: settings.host,
  region,
  applicationName: 'caller',
  logger,
});
const environment = { region, payment, timeScale: 10, instanceId: `caller-${process.pid}` };
void runSagasAndProjections(
  {
    ...{ clock: systemClock, logger, environment, database },
    activation: lease.activation,
    fenced: new FencedTransactions(database, lease.state),
  } as never,
  new AbortController().signal,
);
