import {
  GetHealthCheckCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import type { Json, LiveReads } from '../drift';
import { ask, type Connection } from './clients';
import { orNothing, plain } from './drift-answers';

/** Records and health checks of Route 53, which is asked at the endpoint of its partition whatever the Region. */
export function driftDns(connection: Connection): Pick<LiveReads, 'records' | 'healthCheck'> {
  return {
    records: (region, zone, name, type) =>
      ask(`listing records of ${name} in zone ${zone}`, async () => {
        const client = connection.client(Route53Client, region);
        const found: Json[] = [];
        let at: Partial<ListPlace> = { StartRecordName: name, StartRecordType: type as RRType };
        for (;;) {
          const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...at }));
          const sets = page.ResourceRecordSets ?? [];
          const ours = sets.filter(set => set.Type === type && sameName(set.Name, name));
          found.push(...ours.map(recordOf));
          // Sorted by name and type: whatever comes after another one is another one.
          if (page.IsTruncated !== true || ours.length < sets.length) return found;
          at = {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          };
        }
      }),
    healthCheck: (region, id) =>
      orNothing(`reading health check ${id}`, async () => {
        const command = new GetHealthCheckCommand({ HealthCheckId: id });
        const answer = await connection.client(Route53Client, region).send(command);
        const config = answer.HealthCheck?.HealthCheckConfig;
        return config === undefined ? undefined : plain(config);
      }),
  };
}

interface ListPlace {
  readonly StartRecordName: string | undefined;
  readonly StartRecordType: RRType | undefined;
  readonly StartRecordIdentifier: string | undefined;
}

const sameName = (one: string | undefined, other: string): boolean => bare(one ?? '') === bare(other);
const bare = (name: string): string => name.replaceAll('\\052', '*').toLowerCase().replace(/\.$/, '');

/** In the form of `AWS::Route53::RecordSet`, which lists values as texts. */
function recordOf({ ResourceRecords: records, ...set }: ResourceRecordSet): Json {
  const values = records?.map(({ Value = '' }) => Value);
  return plain(values === undefined || values.length === 0 ? set : { ...set, ResourceRecords: values });
}
