import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuota,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { HoldfastError } from '../errors';
import type { Quota } from '../ports';
import { ask, type Connection } from './clients';

/** Limits that a Region which takes over may run into. Source: Service Quotas, the codes that its console shows. */
const WATCHED = [
  { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A', name: 'running On-Demand standard instances, vCPU' },
  { ServiceCode: 'autoscaling', QuotaCode: 'L-CDE20ADC', name: 'Auto Scaling groups' },
  { ServiceCode: 'rds', QuotaCode: 'L-7B6409FD', name: 'database instances' },
] as const;

/**
 * The limits as they apply in a Region: what the account was granted, else AWS's default.
 * @throws HoldfastError `unavailable` when an answer holds no value
 */
export function quotas(connection: Connection, region: string): Promise<readonly Quota[]> {
  const client = connection.client(ServiceQuotasClient, region);
  return ask(`reading quotas in ${region}`, () =>
    Promise.all(
      WATCHED.map(async ({ name, ...code }) => {
        const limit = (await applied(client, code))?.Value;
        if (limit === undefined) {
          throw new HoldfastError(
            'unavailable',
            `no value for quota ${code.QuotaCode} (${name}) in ${region}`,
          );
        }
        return { name, limit };
      }),
    ),
  );
}

/** A quota that was never changed is known by its default alone. */
async function applied(
  client: ServiceQuotasClient,
  code: { readonly ServiceCode: string; readonly QuotaCode: string },
): Promise<ServiceQuota | undefined> {
  try {
    return (await client.send(new GetServiceQuotaCommand(code))).Quota;
  } catch (error) {
    if (!(error instanceof NoSuchResourceException)) throw error;
    return (await client.send(new GetAWSDefaultServiceQuotaCommand(code))).Quota;
  }
}
