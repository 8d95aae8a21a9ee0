import type { Clock } from '../runtime/clock';
import { appConfigSource } from '../runtime/config/appconfig-source';
import { RemoteConfig } from '../runtime/config/config';
import { type FeatureFlags, parseFeatureFlags } from '../runtime/config/feature-flags';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import type { Logger } from '../runtime/telemetry/logger';

/** Flags of the service, evaluated in this process; until a document is there each flag is what its reader falls back to. */
export type ServiceFlags = Pick<RemoteConfig<FeatureFlags>, 'value' | 'run' | 'restore' | 'poll'>;

/** There is nothing to ask: once a day is often enough to find that out. */
const NEVER_SECONDS = 86_400;

/** The flags of the profile that the environment names, kept through outages and bad documents; without one, none. */
export function serviceFlags(
  environment: Pick<ServiceEnvironment, 'region' | 'endpointUrl' | 'timeScale' | 'flags'>,
  clock: Clock,
  logger: Logger,
): ServiceFlags {
  const { region, endpointUrl, timeScale, flags: identifiers } = environment;
  const defaults = parseFeatureFlags('{}');
  if (identifiers === undefined) {
    const nothing = async () => undefined;
    return { value: defaults, run: nothing, restore: nothing, poll: async () => NEVER_SECONDS };
  }
  const source = appConfigSource({ region, identifiers, endpointUrl });
  const parse = (content: string): FeatureFlags => {
    const flags = parseFeatureFlags(content);
    const { unevaluated: rules } = flags;
    if (rules.length > 0) logger.warn('flags.rules-not-evaluated', { rules });
    return flags;
  };
  return new RemoteConfig({ source, clock, logger, timeScale, defaults, parse });
}
