import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { gateHost } from '../../lib/naming';
import { KEEP_ONCE_BORN } from '../removal';

/** Timing of the checks of gates. */
export interface GateCheckOptions {
  /**
   * Seconds between two checks, 10 or 30; another number later means another check.
   * @default 10
   */
  readonly checkIntervalSeconds?: number;
  /**
   * Checks in a row that must agree before a gate counts as healthy or not, 1 to 10.
   * @default 2
   */
  readonly checkFailures?: number;
}

/** What the checks of a chain's record need to know. */
export interface TurnProps extends GateCheckOptions {
  readonly region: string;
  readonly chain: readonly string[];
  readonly host: string;
}

/**
 * Declares the check of a chain's record: own gate active, and none of a Region further down the chain. Of two gates
 * that both say active the later one is answered, and never a third Region that claims nothing (decision 0020). The
 * other gates are known by agreed names, not by reference (law 3). All checks outlive the stack, since a record
 * without its check is always healthy.
 */
export function declareTurn(scope: Construct, props: TurnProps): route53.CfnHealthCheck {
  const { region, chain, host } = props;
  const own = declareGateCheck(scope, 'OwnGate', region, props, false);
  const others = chain
    .slice(chain.indexOf(region) + 1)
    .map(other => declareGateCheck(scope, `NotGate-${other}`, other, props, true));
  const children = [own, ...others].map(check => check.attrHealthCheckId);
  return retained(
    new route53.CfnHealthCheck(scope, 'Turn', {
      healthCheckConfig: {
        type: 'CALCULATED',
        childHealthChecks: children,
        healthThreshold: children.length,
      },
      healthCheckTags: [{ key: 'Name', value: `${host} ${region}` }],
    }),
  );
}

function declareGateCheck(
  scope: Construct,
  id: string,
  region: string,
  props: TurnProps,
  inverted: boolean,
): route53.CfnHealthCheck {
  const gate = gateHost(region, props.host);
  return retained(
    new route53.CfnHealthCheck(scope, id, {
      healthCheckConfig: {
        type: 'HTTPS',
        fullyQualifiedDomainName: gate,
        port: 443,
        resourcePath: '/',
        enableSni: true,
        requestInterval: props.checkIntervalSeconds ?? 10,
        failureThreshold: props.checkFailures ?? 2,
        inverted,
      },
      healthCheckTags: [{ key: 'Name', value: inverted ? `not ${gate}` : gate }],
    }),
  );
}

/** Kept when its stack ends or replaces it: a record may still look at it. */
export function retained(check: route53.CfnHealthCheck): route53.CfnHealthCheck {
  check.applyRemovalPolicy(KEEP_ONCE_BORN);
  return check;
}
