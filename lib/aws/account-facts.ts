import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetHostedZoneCommand, NoSuchHostedZone, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ask, Connection, type ConnectionOptions } from './clients';

/** What an account must have before a topology can be deployed into it; every method reads, and none changes. */
export interface AccountFacts {
  /** Account of the credentials, 12 digits. */
  account(region: string): Promise<string>;
  /** Of these Regions, those in which the account can create anything. */
  enabledRegions(region: string, names: readonly string[]): Promise<readonly string[]>;
  /** Ids of the zones that the account has in a Region, such as `use2-az1`. */
  zoneIds(region: string): Promise<readonly string[]>;
  /** Name of a hosted zone, without the last dot; nothing when there is no such zone. */
  hostedZoneName(region: string, id: string): Promise<string | undefined>;
  close(): void;
}

/**
 * Reads an account. Errors: `unavailable` when the provider did not answer, `refused` when it did not allow it.
 * Nothing is connected before the first call.
 */
export function createAccountFacts(options: ConnectionOptions): AccountFacts {
  const connection = new Connection(options);
  return {
    account: region =>
      ask('asking whose credentials these are', async () => {
        const { Account } = await connection.client(STSClient, region).send(new GetCallerIdentityCommand({}));
        return Account ?? '';
      }),
    enabledRegions: (region, names) =>
      ask('listing Regions', async () => {
        const command = new DescribeRegionsCommand({ AllRegions: true });
        const { Regions = [] } = await connection.client(EC2Client, region).send(command);
        return Regions.filter(({ OptInStatus }) => OptInStatus !== 'not-opted-in').flatMap(
          ({ RegionName }) => (RegionName !== undefined && names.includes(RegionName) ? [RegionName] : []),
        );
      }),
    zoneIds: region =>
      ask(`listing zones of ${region}`, async () => {
        const command = new DescribeAvailabilityZonesCommand({});
        const { AvailabilityZones = [] } = await connection.client(EC2Client, region).send(command);
        return AvailabilityZones.flatMap(({ ZoneId }) => (ZoneId === undefined ? [] : [ZoneId]));
      }),
    hostedZoneName: (region, id) =>
      ask(`reading hosted zone ${id}`, async () => {
        try {
          const command = new GetHostedZoneCommand({ Id: id });
          const { HostedZone } = await connection.client(Route53Client, region).send(command);
          return HostedZone?.Name?.replace(/\.$/, '');
        } catch (error) {
          if (error instanceof NoSuchHostedZone) return undefined;
          throw error;
        }
      }),
    close: () => connection.close(),
  };
}
