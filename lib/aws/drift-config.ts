import { createHash } from 'node:crypto';
import {
  AppConfigClient,
  GetHostedConfigurationVersionCommand,
  paginateListDeployments,
} from '@aws-sdk/client-appconfig';
import type { LiveReads, Rollout } from '../drift';
import { ask, type Connection } from './clients';

/** Roll-outs and hosted versions of AppConfig. */
export function driftConfig(connection: Connection): Pick<LiveReads, 'rollouts' | 'digest'> {
  const client = (region: string) => connection.client(AppConfigClient, region);
  return {
    rollouts: (region, application, environment) =>
      ask(`listing roll-outs of ${application} in ${region}`, async () => {
        const of = { ApplicationId: application, EnvironmentId: environment };
        const found: Rollout[] = [];
        for await (const { Items = [] } of paginateListDeployments({ client: client(region) }, of)) {
          for (const item of Items) {
            found.push({
              number: item.DeploymentNumber ?? 0,
              profile: item.ConfigurationName ?? '',
              version: item.ConfigurationVersion ?? '',
              state: item.State ?? '',
            });
          }
        }
        return found;
      }),
    async digest(region, { application, profile, version }) {
      if (!/^\d+$/.test(version)) return undefined;
      const command = new GetHostedConfigurationVersionCommand({
        ...{ ApplicationId: application, ConfigurationProfileId: profile, VersionNumber: Number(version) },
      });
      const what = `reading version ${version} of ${profile} in ${region}`;
      const { Content } = await ask(what, () => client(region).send(command));
      return Content === undefined ? undefined : createHash('sha256').update(Content).digest('hex');
    },
  };
}
