import { createHash } from 'node:crypto';
import {
  AppConfigClient,
  type DeploymentSummary,
  GetHostedConfigurationVersionCommand,
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeployments,
  paginateListEnvironments,
} from '@aws-sdk/client-appconfig';
import { CONFIG_ENVIRONMENT, CONFIG_PROFILE } from '../naming';
import type { ConfigState } from '../ports';
import { ask, type Connection } from './clients';

const UNDER_WAY = ['BAKING', 'VALIDATING', 'DEPLOYING', 'ROLLING_BACK'];

/** The service's configuration that is live in a Region; nothing when none was ever deployed there. */
export function configState(
  connection: Connection,
  application: string,
  region: string,
): Promise<ConfigState | undefined> {
  const client = connection.client(AppConfigClient, region);
  return ask(`reading the configuration in ${region}`, async () => {
    const applicationId = await idOf(application, paginateListApplications({ client }, {}));
    if (applicationId === undefined) return undefined;
    const of = { ApplicationId: applicationId };
    // An input for each: a paginator leaves its last token there.
    const environmentId = await idOf(CONFIG_ENVIRONMENT, paginateListEnvironments({ client }, { ...of }));
    const profileId = await idOf(CONFIG_PROFILE, paginateListConfigurationProfiles({ client }, { ...of }));
    if (environmentId === undefined || profileId === undefined) return undefined;
    const deployments: DeploymentSummary[] = [];
    for await (const page of paginateListDeployments({ client }, { ...of, EnvironmentId: environmentId })) {
      deployments.push(...(page.Items ?? []));
    }
    // The environment rolls out flags too, which have versions of their own.
    const live = deployments
      .filter(({ State, ConfigurationName }) => State === 'COMPLETE' && ConfigurationName === CONFIG_PROFILE)
      .sort((a, b) => (b.DeploymentNumber ?? 0) - (a.DeploymentNumber ?? 0))[0];
    if (live?.ConfigurationVersion === undefined) return undefined;
    return {
      version: live.ConfigurationVersion,
      digest: await digestOf(client, { ...of, profileId, version: live.ConfigurationVersion }),
      deploying: deployments.some(deployment => UNDER_WAY.includes(deployment.State ?? '')),
    };
  });
}

async function idOf(
  name: string,
  pages: AsyncIterable<{ Items?: { Id?: string; Name?: string }[] }>,
): Promise<string | undefined> {
  for await (const page of pages) {
    const found = page.Items?.find(item => item.Name === name);
    if (found !== undefined) return found.Id;
  }
  return undefined;
}

/** SHA-256 of a hosted version; absent for content that AppConfig does not host. */
async function digestOf(
  client: AppConfigClient,
  of: { ApplicationId: string; profileId: string; version: string },
): Promise<string | undefined> {
  if (!/^\d+$/.test(of.version)) return undefined;
  const answer = await client.send(
    new GetHostedConfigurationVersionCommand({
      ApplicationId: of.ApplicationId,
      ConfigurationProfileId: of.profileId,
      VersionNumber: Number(of.version),
    }),
  );
  return answer.Content === undefined ? undefined : createHash('sha256').update(answer.Content).digest('hex');
}
