import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  paginateListHealthChecks,
  paginateListHostedZones,
  type ResourceRecordSet,
  type HealthCheck as SdkHealthCheck,
} from '@aws-sdk/client-route-53';
import type { HealthCheck } from '../checks';
import { normalName, type RecordSet, type Zone } from '../dns';
import type { RegionClients } from './clients';

/** Reads every hosted zone with its records. */
export async function readZones(clients: RegionClients): Promise<Zone[]> {
  const zones: Zone[] = [];
  for await (const page of paginateListHostedZones({ client: clients.route53 }, {})) {
    for (const { Id, Name } of page.HostedZones ?? []) {
      if (Id !== undefined && Name !== undefined) {
        zones.push({ name: normalName(Name), records: await readRecords(clients, Id) });
      }
    }
  }
  return zones;
}

async function readRecords({ route53 }: RegionClients, zoneId: string): Promise<RecordSet[]> {
  const records: RecordSet[] = [];
  let next: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
  while (next !== undefined) {
    const page: ListResourceRecordSetsCommandOutput = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...next }),
    );
    records.push(...(page.ResourceRecordSets ?? []).map(recordSet));
    next = page.IsTruncated
      ? {
          StartRecordName: page.NextRecordName,
          StartRecordType: page.NextRecordType,
          StartRecordIdentifier: page.NextRecordIdentifier,
        }
      : undefined;
  }
  return records;
}

function recordSet(record: ResourceRecordSet): RecordSet {
  const { AliasTarget: alias } = record;
  return {
    name: normalName(record.Name ?? ''),
    type: record.Type ?? '',
    ttl: record.TTL,
    values: record.ResourceRecords?.map(each => each.Value ?? ''),
    alias:
      alias === undefined
        ? undefined
        : {
            name: normalName(alias.DNSName ?? ''),
            evaluateTargetHealth: alias.EvaluateTargetHealth === true,
          },
    failover: record.Failover,
    setIdentifier: record.SetIdentifier,
    healthCheckId: record.HealthCheckId === '' ? undefined : record.HealthCheckId,
  };
}

/** Reads every health check. */
export async function readChecks({ route53: client }: RegionClients): Promise<HealthCheck[]> {
  const checks: HealthCheck[] = [];
  for await (const page of paginateListHealthChecks({ client }, {})) {
    checks.push(...(page.HealthChecks ?? []).map(healthCheck));
  }
  return checks;
}

function healthCheck({ Id, HealthCheckConfig: config }: SdkHealthCheck): HealthCheck {
  return {
    id: Id ?? '',
    type: config?.Type ?? '',
    host:
      config?.FullyQualifiedDomainName === undefined
        ? undefined
        : normalName(config.FullyQualifiedDomainName),
    path: config?.ResourcePath,
    interval: config?.RequestInterval ?? 30,
    failureThreshold: config?.FailureThreshold ?? 3,
    inverted: config?.Inverted === true,
    disabled: config?.Disabled === true,
    children: config?.ChildHealthChecks ?? [],
    healthThreshold: config?.HealthThreshold ?? 0,
  };
}
