import { Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { type GateCheckOptions, retained } from './gate-checks';

/** A public endpoint that the checkers ask over HTTPS. */
export interface EndpointSignal extends GateCheckOptions {
  readonly kind: 'endpoint';
  /**
   * Name or public IPv4 address that the checkers ask; they come from the internet and reach nothing private.
   * @default - the Region's own name, `us-west-2.orders.example.com`
   */
  readonly host?: string;
  /** @default '/healthz' */
  readonly path?: string;
  /**
   * Path that the load balancer's target groups check. Where the two differ, one of them can fail alone: then targets
   * are down and DNS does not know, or the other way round.
   * @default '/healthz'
   */
  readonly targetGroupPath?: string;
}

/** An alarm, for what no checker of Route 53 can reach. */
export interface AlarmSignal {
  readonly kind: 'alarm';
  /**
   * Alarm of this Region on a metric of standard resolution with a basic statistic: Route 53 takes no percentile, no
   * high resolution, no metric math and no "M out of N".
   */
  readonly alarm: cloudwatch.IAlarm;
  readonly checkIntervalSeconds?: never;
  readonly checkFailures?: never;
}

/** Several signals of which enough must be good. */
export interface CalculatedSignal {
  readonly kind: 'calculated';
  /** One to 255 signals. */
  readonly of: readonly (EndpointSignal | AlarmSignal)[];
  /**
   * How many of them must be good: 1 to their number.
   * @default - all of them
   */
  readonly threshold?: number;
}

/** What says that a record may be answered. A record without a signal is always healthy, so there is no "none". */
export type RoutingSignal = EndpointSignal | AlarmSignal | CalculatedSignal;

/** Path that signals and target groups check where nothing else is said. */
export const DEFAULT_HEALTH_PATH = '/healthz';

/** Declares the check of a signal; it outlives its stack, since a record without its check is always healthy. */
export function declareSignal(
  scope: Construct,
  id: string,
  signal: RoutingSignal,
  defaultHost: string,
): route53.CfnHealthCheck {
  return retained(
    new route53.CfnHealthCheck(scope, id, {
      healthCheckConfig: configOf(scope, id, signal, defaultHost),
      healthCheckTags: [{ key: 'Name', value: `${defaultHost} ${signal.kind}` }],
    }),
  );
}

function configOf(
  scope: Construct,
  id: string,
  signal: RoutingSignal,
  defaultHost: string,
): route53.CfnHealthCheck.HealthCheckConfigProperty {
  if (signal.kind === 'alarm') {
    return {
      type: 'CLOUDWATCH_METRIC',
      alarmIdentifier: { name: signal.alarm.alarmName, region: Stack.of(signal.alarm).region },
      // Unknown never flips: while the alarm knows nothing, the last answer stands.
      insufficientDataHealthStatus: 'LastKnownStatus',
    };
  }
  if (signal.kind === 'calculated') {
    const children = signal.of.map((child, index) =>
      declareSignal(scope, `${id}Part${index + 1}`, child, defaultHost),
    );
    return {
      type: 'CALCULATED',
      childHealthChecks: children.map(child => child.attrHealthCheckId),
      healthThreshold: signal.threshold ?? children.length,
    };
  }
  return endpointConfig(signal, defaultHost);
}

function endpointConfig(
  signal: EndpointSignal,
  defaultHost: string,
): route53.CfnHealthCheck.HealthCheckConfigProperty {
  const host = signal.host ?? defaultHost;
  const byAddress = /^[0-9.]+$/.test(host);
  return {
    type: 'HTTPS',
    ...(byAddress ? { ipAddress: host } : { fullyQualifiedDomainName: host }),
    port: 443,
    resourcePath: signal.path ?? DEFAULT_HEALTH_PATH,
    enableSni: !byAddress,
    requestInterval: signal.checkIntervalSeconds ?? 10,
    failureThreshold: signal.checkFailures ?? 2,
  };
}
