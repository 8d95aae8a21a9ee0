import {
  type DatabaseSettings,
  databasePart,
  listenPart,
  type ServiceEnvironment,
} from '../../runtime/environment/environment';
import { EnvironmentReader, type RawEnvironment } from '../../runtime/environment/environment-reader';
import { IDENTITY_FOLDER } from '../../runtime/environment/service-address';
import { parseLogLevel } from '../../runtime/environment/worker-environment';

/** Environment of the payment provider's process. */
export interface PaymentEnvironment
  extends Pick<
    ServiceEnvironment,
    'region' | 'instanceId' | 'logLevel' | 'logGroup' | 'listen' | 'drainSeconds' | 'timeScale'
  > {
  /** Its own database, which a loss of the service's Region need not take away. */
  readonly database: DatabaseSettings;
  /** Names of the services that may call, as their certificates bear them. */
  readonly callers: readonly string[];
  readonly identityFolder: string;
}

/** Reads the environment of the payment provider; throws one `environment` error with every problem. */
export function parsePaymentEnvironment(raw: RawEnvironment): PaymentEnvironment {
  const reader = new EnvironmentReader(raw);
  const callers = reader
    .text('HOLDFAST_CALLERS')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  const environment = {
    region: reader.text('AWS_REGION'),
    instanceId: reader.text('HOLDFAST_INSTANCE_ID', 'unnamed'),
    logLevel: parseLogLevel(reader),
    logGroup: reader.optional('HOLDFAST_LOG_GROUP'),
    listen: listenPart(reader),
    drainSeconds: reader.number('HOLDFAST_DRAIN_SECONDS', 5, { minimum: 0, maximum: 300 }),
    timeScale: reader.number('HOLDFAST_TIME_SCALE', 1, { minimum: 1, maximum: 10 }),
    database: databasePart(reader),
    callers,
    identityFolder: reader.text(IDENTITY_FOLDER),
  };
  reader.finish();
  return environment;
}
