import type { FailoverPolicy } from '../failover/failover-request';
import { type RegisterEnvironment, registerPart } from './environment';
import { EnvironmentReader, type RawEnvironment } from './environment-reader';

/** Environment of the controller of automatic mode. */
export interface FailoverEnvironment extends RegisterEnvironment {
  readonly policy: FailoverPolicy;
  /** Names of the two alarms. */
  readonly alarms: readonly [string, string];
  /** `/readyz` of this Region. */
  readonly readinessUrl: string;
}

/** Reads the environment of the controller; throws one `environment` error with every problem. */
export function parseFailoverEnvironment(raw: RawEnvironment): FailoverEnvironment {
  const reader = new EnvironmentReader(raw);
  const register = registerPart(reader);
  const alarms = [reader.text('HOLDFAST_DEEP_HEALTH_ALARM'), reader.text('HOLDFAST_OUTSIDE_ALARM')] as const;
  const environment: FailoverEnvironment = {
    ...register,
    alarms: [alarms[0], alarms[1]],
    readinessUrl:
      reader.groups('HOLDFAST_READINESS_URL', /^(https?:\/\/.+)$/, 'a URL that begins with https://')[0] ??
      '',
    policy: {
      region: register.region,
      watchedRegion: reader.text('HOLDFAST_WATCHED_REGION'),
      dampingSeconds: reader.number('HOLDFAST_DAMPING_SECONDS', undefined, { minimum: 60, maximum: 3600 }),
      coolDownSeconds: reader.number('HOLDFAST_COOL_DOWN_SECONDS', undefined, {
        minimum: 600,
        maximum: 86_400,
      }),
    },
  };
  reader.finish();
  return environment;
}
