import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import type { ConfigIdentifiers } from '../environment/environment';
import { limited } from '../limit';
import type { ConfigSource } from './config';

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
    requestHandler: { connectionTimeout: 1000 },
  });
  return {
    async start() {
      const command = new StartConfigurationSessionCommand({
        ApplicationIdentifier: identifiers.application,
        EnvironmentIdentifier: identifiers.environment,
        ConfigurationProfileIdentifier: identifiers.profile,
        RequiredMinimumPollIntervalInSeconds: POLL_SECONDS,
      });
      const answer = await limited(TIMEOUT_MILLISECONDS, abortSignal =>
        client.send(command, { abortSignal }),
      );
      return answer.InitialConfigurationToken ?? '';
    },
    async poll(token) {
      const command = new GetLatestConfigurationCommand({ ConfigurationToken: token });
      const answer = await limited(TIMEOUT_MILLISECONDS, abortSignal =>
        client.send(command, { abortSignal }),
      );
      return {
        nextToken: answer.NextPollConfigurationToken ?? '',
        nextPollSeconds: answer.NextPollIntervalInSeconds ?? POLL_SECONDS,
        content: answer.Configuration?.transformToString('utf-8') ?? '',
        version: answer.VersionLabel || undefined,
      };
    },
  };
}
