import { systemClock } from '../runtime/clock';
import { EnvironmentReader, type RawEnvironment } from '../runtime/environment/environment-reader';
import { awsFloor, awsStack, awsWeights } from '../runtime/live-settings/live-settings-aws';
import {
  type LiveSettingsControllerOptions,
  type LiveSettingsReport,
  turnLiveSettings,
} from '../runtime/live-settings/live-settings-controller';
import { dynamoLease } from '../runtime/live-settings/live-settings-lease-table';
import { jsonLogger } from '../runtime/telemetry/logger';

/**
 * Controller of a Region's live settings, woken by every event of its stack and of its listener, by changes of the
 * stored values, and by a clock. The event itself is not read: what holds now is asked of AWS.
 */
export async function handler(): Promise<LiveSettingsReport> {
  const options = makeOptions(process.env);
  const report = await turnLiveSettings(options);
  options.logger.info('live-settings.turn', { ...report });
  return report;
}

function makeOptions(raw: RawEnvironment): LiveSettingsControllerOptions {
  const reader = new EnvironmentReader(raw);
  const region = reader.text('AWS_REGION');
  const table = reader.text('HOLDFAST_REGISTER_TABLE');
  const stack = reader.optional('HOLDFAST_STACK');
  const settings = reader.text('HOLDFAST_SETTINGS');
  const groups = (reader.optional('HOLDFAST_FLOORS') ?? '').split(',').filter(name => name !== '');
  const carrier = {
    parameter: `${settings}/weights`,
    listenerArn: reader.text('HOLDFAST_LISTENER'),
    targetGroupArns: { blue: reader.text('HOLDFAST_BLUE'), green: reader.text('HOLDFAST_GREEN') },
  };
  reader.finish();
  const connection = { region, endpointUrl: reader.optional('AWS_ENDPOINT_URL') };
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return {
    weights: awsWeights(connection, carrier),
    floors: Object.fromEntries(
      groups.map(name => [name, awsFloor(connection, `${settings}/floor/${name}`, name)]),
    ),
    lease: dynamoLease(connection, table),
    stack: stack === undefined ? withoutStack : awsStack(connection, stack),
    clock: systemClock,
    logger: jsonLogger({ clock: systemClock, write, base: { region, part: 'live-settings' } }),
  };
}

/** A Region that is deployed by Terraform has no stack whose update could reset what is live: none is ever under way. */
export const withoutStack = async () => ({ id: 'no stack', status: 'UPDATE_COMPLETE' });
