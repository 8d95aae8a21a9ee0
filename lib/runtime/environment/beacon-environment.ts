import { EnvironmentReader, type RawEnvironment } from './environment-reader';

/** Environment of a health beacon. */
export interface BeaconEnvironment {
  readonly application: string;
  readonly region: string;
  /** Name of the alarm on this Region's deep health. */
  readonly alarm: string;
  /** Regions that are told. */
  readonly listeners: readonly string[];
  /** Endpoint of every AWS API; only the lab sets it. */
  readonly endpointUrl?: string;
}

/** Reads the environment of a beacon; throws one `environment` error with every problem. */
export function parseBeaconEnvironment(raw: RawEnvironment): BeaconEnvironment {
  const reader = new EnvironmentReader(raw);
  const [listeners = ''] = reader.groups(
    'HOLDFAST_LISTENERS',
    /^([a-z0-9-]+(?:,[a-z0-9-]+)*)$/,
    'Region codes with commas between',
  );
  const environment = {
    application: reader.text('HOLDFAST_APPLICATION'),
    region: reader.text('AWS_REGION'),
    alarm: reader.text('HOLDFAST_DEEP_HEALTH_ALARM'),
    listeners: listeners.split(','),
    endpointUrl: reader.optional('AWS_ENDPOINT_URL'),
  };
  reader.finish();
  return environment;
}
