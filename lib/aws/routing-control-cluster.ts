import {
  GetRoutingControlStateCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';
import type { ConnectionOptions } from './clients';
import type { ControlCluster, ControlEndpoint } from './routing-controls';

/**
 * The data plane of routing controls through the SDK, without its own retries: which endpoint is asked next is decided
 * by the caller.
 */
export function controlCluster(
  options: Pick<ConnectionOptions, 'credentials'>,
): ControlCluster & { close(): void } {
  const clients = new Map<string, Route53RecoveryClusterClient>();
  const client = ({ region, url }: ControlEndpoint): Route53RecoveryClusterClient => {
    const known = clients.get(url);
    if (known !== undefined) return known;
    const { credentials } = options;
    const made = new Route53RecoveryClusterClient({
      ...{ region, endpoint: url, maxAttempts: 1 },
      ...(credentials === undefined ? {} : { credentials }),
    });
    clients.set(url, made);
    return made;
  };
  return {
    async update(endpoint, states, abortSignal) {
      const UpdateRoutingControlStateEntries = Object.entries(states).map(([arn, state]) => ({
        RoutingControlArn: arn,
        RoutingControlState: state,
      }));
      const command = new UpdateRoutingControlStatesCommand({ UpdateRoutingControlStateEntries });
      await client(endpoint).send(command, { abortSignal });
    },
    async read(endpoint, controls, abortSignal) {
      const states = await Promise.all(
        controls.map(async arn => {
          const command = new GetRoutingControlStateCommand({ RoutingControlArn: arn });
          const { RoutingControlState } = await client(endpoint).send(command, { abortSignal });
          return [arn, RoutingControlState === 'On' ? 'On' : 'Off'] as const;
        }),
      );
      return Object.fromEntries(states);
    },
    close() {
      for (const each of clients.values()) each.destroy();
    },
  };
}
