import {
  DiscoverInstancesCommand,
  DiscoverInstancesRevisionCommand,
  type HttpInstanceSummary,
  ServiceDiscoveryClient,
} from '@aws-sdk/client-servicediscovery';
import { RuntimeError } from '../errors';
import { limited } from '../limit';
import type { Endpoint, EndpointSource } from './endpoint-source';

/** A service in Cloud Map. */
export interface CloudMapSourceOptions {
  readonly region: string;
  readonly endpointUrl?: string;
  /** Name of the HTTP namespace. */
  readonly namespace: string;
  readonly service: string;
  /** Port of instances that register none. @default 443 */
  readonly defaultPort?: number;
  /** A call that takes longer fails, in milliseconds. @default 2000 */
  readonly timeoutMilliseconds?: number;
}

/** As many instances as one answer may hold. Source: Cloud Map API reference, DiscoverInstances. */
const MAXIMUM = 1000;

/**
 * The instances of a service from Cloud Map's data plane in this Region. When none is healthy all are returned
 * (`HEALTHY_OR_ELSE_ALL`): a health check that fails everywhere says more of the check.
 */
export function cloudMapSource(options: CloudMapSourceOptions): EndpointSource {
  const { region, endpointUrl, timeoutMilliseconds = 2000, defaultPort = 443 } = options;
  const client = new ServiceDiscoveryClient({
    region,
    endpoint: endpointUrl,
    maxAttempts: 1,
    // The SDK would put `data-` before the host, which is right for AWS alone.
    disableHostPrefix: endpointUrl !== undefined,
  });
  const names = { NamespaceName: options.namespace, ServiceName: options.service };
  const known = (revision: number | undefined): string => {
    if (revision === undefined)
      throw new RuntimeError('unavailable', 'Cloud Map answered without a revision');
    return String(revision);
  };
  return {
    async revision() {
      const command = new DiscoverInstancesRevisionCommand(names);
      const answer = await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
      return known(answer.InstancesRevision);
    },
    async list() {
      const command = new DiscoverInstancesCommand({
        ...names,
        MaxResults: MAXIMUM,
        HealthStatus: 'HEALTHY_OR_ELSE_ALL',
      });
      const answer = await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
      const endpoints = (answer.Instances ?? []).flatMap(instance => endpointOf(instance, defaultPort));
      return { revision: known(answer.InstancesRevision), endpoints };
    },
  };
}

/** An instance without an address is no endpoint. */
function endpointOf({ InstanceId, Attributes = {} }: HttpInstanceSummary, defaultPort: number): Endpoint[] {
  const host = Attributes.AWS_INSTANCE_IPV4 ?? Attributes.AWS_INSTANCE_IPV6 ?? Attributes.AWS_INSTANCE_CNAME;
  const port = Number(Attributes.AWS_INSTANCE_PORT ?? defaultPort);
  if (InstanceId === undefined || host === undefined || !(port >= 1 && port <= 65_535)) return [];
  return [{ id: InstanceId, host, port }];
}
