import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Canary, declareReports } from '../constructs/operations/canary';
import { canaryName, regionHost } from '../lib/naming';
import { hostOf } from '../regions';
import type { OperationsStackProps } from './operations-stack';

/** What a Region asks from outside. */
export interface RegionCanaries {
  /** The service under its own name, as clients reach it, whichever Region answers. */
  readonly service: Canary;
  /** Each other Region under its own name. */
  readonly others: readonly Canary[];
}

/**
 * Adds the canaries of a Region: it asks for the service, and for every other Region. So what watches a Region never lies
 * in it, and neither does the alarm over it.
 */
export function addCanaries(scope: Construct, { context }: OperationsStackProps): RegionCanaries {
  const { topology, region } = context;
  const { application } = topology;
  const hosts = context.homes.map(home => hostOf(home.topology));
  const ready = (nameOf: (host: string) => string) =>
    hosts.map(host => ({ url: `https://${nameOf(host)}/readyz`, within: Duration.seconds(5) }));
  const reports = declareReports(scope);
  const service = new Canary(scope, 'CanaryService', {
    reports,
    canaryName: canaryName(application, 'service', region.name),
    checks: ready(host => host),
  });
  const others = topology.regions
    .filter(({ name }) => name !== region.name)
    .map(
      ({ name }, index) =>
        new Canary(scope, `CanaryOther${index}`, {
          reports,
          canaryName: canaryName(application, name, region.name),
          checks: ready(host => regionHost(name, host)),
          every: Duration.minutes(5),
        }),
    );
  return { service, others };
}
