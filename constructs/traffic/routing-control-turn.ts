import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { retained } from './gate-checks';

/** One of the five Regional endpoints of a cluster of Application Recovery Controller. */
export interface RoutingControlEndpoint {
  /** Region of the endpoint. */
  readonly region: string;
  /** Address, `https://` to `/v1`. */
  readonly url: string;
}

/** Routing controls that turn a chain. All of it is text that is known beforehand: nothing is looked up in an event. */
export interface RoutingControlTurn {
  /** ARN of each Region's routing control, by Region; at most ten, since one call turns ten. */
  readonly controls: Readonly<Record<string, string>>;
  /** All five endpoints of the cluster. Each may be out of service at any time: start at random and try the rest. */
  readonly endpoints: readonly RoutingControlEndpoint[];
  /** Parameter in this Region's Parameter Store that keeps endpoints and controls for whoever turns them. */
  readonly parameterName: string;
}

/** Declares the check of a record that a routing control turns, and keeps the way to the controls in this Region. */
export function declareControlTurn(
  scope: Construct,
  props: { readonly region: string; readonly host: string },
  turn: RoutingControlTurn,
): route53.CfnHealthCheck {
  return retained(
    new route53.CfnHealthCheck(scope, 'Turn', {
      healthCheckConfig: { type: 'RECOVERY_CONTROL', routingControlArn: turn.controls[props.region] },
      healthCheckTags: [{ key: 'Name', value: `${props.host} ${props.region}` }],
    }),
  );
}

/** Keeps endpoints and controls where the failover path can read them without a control plane. */
export function keepRoutingControls(scope: Construct, turn: RoutingControlTurn): ssm.StringParameter {
  return new ssm.StringParameter(scope, 'Controls', {
    parameterName: turn.parameterName,
    description: 'Endpoints and routing controls that turn the failover chain',
    stringValue: Stack.of(scope).toJsonString({ endpoints: turn.endpoints, controls: turn.controls }),
  });
}

/**
 * Lets `grantee` read and turn these controls, by the cluster's data plane alone.
 *
 * @throws HoldfastError `refused` when no routing control turns the records
 */
export function grantRoutingControls(
  path: string,
  grantee: iam.IGrantable,
  turn: RoutingControlTurn | undefined,
): iam.Grant {
  if (turn === undefined) {
    throw new HoldfastError('refused', `${path} is turned by its gates, and they by the register`, [
      {
        path: 'turn',
        message: 'no routing control to grant',
        fix: 'grant the register: register.grantMove(...)',
      },
    ]);
  }
  return iam.Grant.addToPrincipal({
    grantee,
    actions: [
      'route53-recovery-cluster:GetRoutingControlState',
      'route53-recovery-cluster:UpdateRoutingControlState',
      'route53-recovery-cluster:UpdateRoutingControlStates',
    ],
    resourceArns: Object.values(turn.controls),
  });
}
