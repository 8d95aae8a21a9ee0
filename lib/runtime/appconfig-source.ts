import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import type { ConfigSource } from './config';
import type { ConfigIdentifiers } from './environment';

/** Which configuration, and where. */
export interface AppConfigSourceOptions {
  readonly region: string;
  readonly identifiers: ConfigIdentifiers;
  readonly endpointUrl?: string;
}

/** Least seconds between two polls of a session; 15 is the service's own minimum. */
const POLL_SECONDS = 15;
const TIMEOUT_MILLISECONDS = 3000;

/** AppConfig's data API. */
export function appConfigSource(options: AppConfigSourceOptions): ConfigSource {
  const { identifiers } = options;
  const client = new AppConfigDataClient({
    region: options.region,
    endpoint: options.endpointUrl,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: TIMEOUT_MILLISECONDS },
  });
  const limited = (signal?: AbortSignal): { abortSignal: AbortSignal } => {
    const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    return { abortSignal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) };
  };
  return {
    async start(signal) {
      const command = new StartConfigurationSessionCommand({
        ApplicationIdentifier: identifiers.application,
        EnvironmentIdentifier: identifiers.environment,
        ConfigurationProfileIdentifier: identifiers.profile,
        RequiredMinimumPollIntervalInSeconds: POLL_SECONDS,
      });
      return (await client.send(command, limited(signal))).InitialConfigurationToken ?? '';
    },
    async poll(token, signal) {
      const command = new GetLatestConfigurationCommand({ ConfigurationToken: token });
      const answer = await client.send(command, limited(signal));
      return {
        nextToken: answer.NextPollConfigurationToken ?? '',
        nextPollSeconds: answer.NextPollIntervalInSeconds ?? POLL_SECONDS,
        content: answer.Configuration?.transformToString('utf-8') ?? '',
        version: answer.VersionLabel || undefined,
      };
    },
  };
}
