import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as recovery from 'aws-cdk-lib/aws-route53recoverycontrol';
import { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import { assertRules, matching } from '../validation';
import { regionRule } from './failover-rules';
import { MOST_CONTROLS } from './routing-control-rules';
import {
  grantRoutingControls,
  type RoutingControlEndpoint,
  type RoutingControlTurn,
} from './routing-control-turn';

/** Routing controls of one application. */
export interface RoutingControlsProps {
  /** Name of the control panel, and prefix of the controls' names: 1 to 40 letters, digits and hyphens. */
  readonly name: string;
  /** Cluster that hosts the panel; it exists beforehand and is mostly shared, since it costs by the hour. */
  readonly clusterArn: string;
  /** Regions that have a control: 2 to 10. */
  readonly regions: readonly string[];
}

/**
 * A control panel with one routing control a Region and the safety rule that at least one stays on: a call that would
 * turn the last one off is refused, so that nobody switches the service off by a slip.
 *
 * Application Recovery Controller has one control plane, in us-west-2: deploy it there, once, and long before it is
 * needed. Controls are born off; turn the seed's on before the records go in. Their ARNs and the cluster's five
 * endpoints then go as text into {@link FailoverDns}, in every Region.
 */
export class RoutingControls extends Construct {
  /** ARN of each Region's control. */
  readonly controlArns: Readonly<Record<string, string>>;
  readonly controlPanel: recovery.CfnControlPanel;
  readonly safetyRule: recovery.CfnSafetyRule;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: RoutingControlsProps) {
    super(scope, id);
    const { name, regions, clusterArn } = props;
    assertRules(`RoutingControls ${this.node.path}`, controlsRules(props));
    this.controlPanel = kept(new recovery.CfnControlPanel(this, 'Panel', { name, clusterArn }));
    const controlPanelArn = this.controlPanel.attrControlPanelArn;
    const controls = regions.map(region => {
      const controlName = `${name}-${region}`;
      const declared = { clusterArn, controlPanelArn, name: controlName };
      return [region, kept(new recovery.CfnRoutingControl(this, region, declared))] as const;
    });
    this.controlArns = Object.fromEntries(
      controls.map(([region, control]) => [region, control.attrRoutingControlArn]),
    );
    this.safetyRule = kept(
      new recovery.CfnSafetyRule(this, 'OneStaysOn', {
        name: `${name}-one-stays-on`,
        controlPanelArn,
        assertionRule: { assertedControls: Object.values(this.controlArns), waitPeriodMs: 5000 },
        ruleConfig: { type: 'ATLEAST', threshold: 1, inverted: false },
      }),
    );
  }

  /** The turn of a chain by these controls, for a stack of the same Region. */
  turn(endpoints: readonly RoutingControlEndpoint[], parameterName: string): RoutingControlTurn {
    return { controls: this.controlArns, endpoints, parameterName };
  }

  /** Lets `grantee` read and turn the controls. */
  grantTurn(grantee: iam.IGrantable): iam.Grant {
    return grantRoutingControls(this.node.path, grantee, this.turn([], ''));
  }
}

/** A control that a record looks at must outlive its stack. */
function kept<T extends recovery.CfnControlPanel | recovery.CfnRoutingControl | recovery.CfnSafetyRule>(
  resource: T,
): T {
  resource.applyRemovalPolicy(KEEP_ONCE_BORN);
  return resource;
}

function controlsRules({ name, regions, clusterArn }: RoutingControlsProps) {
  return [
    matching('name', name, /^[A-Za-z0-9-]{1,40}$/, 'use 1 to 40 letters, digits and hyphens'),
    !Token.isUnresolved(clusterArn) &&
      matching(
        'clusterArn',
        clusterArn,
        /^arn:[a-z-]+:route53-recovery-control::\d{12}:cluster\/[\w-]+$/,
        'use the ARN of a cluster of Application Recovery Controller',
      ),
    ...regions.map((region, index) => regionRule(`regions[${index}]`, region)),
    (regions.length < 2 || regions.length > MOST_CONTROLS) && {
      path: 'regions',
      received: regions.length,
      message: 'a panel turns at least two Regions, and one call at most ten controls',
      fix: 'name 2 to 10 Regions',
    },
    new Set(regions).size !== regions.length && {
      path: 'regions',
      received: regions,
      message: 'a Region is named twice',
      fix: 'name each Region once',
    },
  ];
}
