import { COLOURS } from '../../lib/naming';
import { matching, type Rule, wholeNumber } from '../validation';
import type { BlueGreenBalancerProps } from './blue-green-balancer';
import type { NetworkBalancerProps } from './network-balancer';

const NAME_FORM = /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;
const NAME_FIX = 'use 1 to 32 letters, digits and inner hyphens, not starting with internal-';

/** Everything that a balancer's props must satisfy. */
export function balancerRules(props: BlueGreenBalancerProps): Rule[] {
  return [
    props.certificates.length === 0 && {
      path: 'certificates',
      received: props.certificates,
      message: 'clients are served over TLS only',
      fix: 'pass at least one certificate of this Region, such as Certificate.fromCertificateArn(...)',
    },
    ...commonBalancerRules(props),
    wholeNumber('deregistrationDelay (seconds)', props.deregistrationDelay?.toSeconds() ?? 30, 0, 3_600),
    wholeNumber('slowStart (seconds)', props.slowStart?.toSeconds() ?? 30, 30, 900),
  ];
}

/** What balancers of layer 7 and of layer 4 have in common. */
export function commonBalancerRules(props: BlueGreenBalancerProps | NetworkBalancerProps): Rule[] {
  const weights = props.birthWeights ?? { blue: 100, green: 0 };
  const zones = new Set(props.vpc.selectSubnets(props.vpcSubnets).availabilityZones).size;
  return [
    props.vpcSubnets !== undefined &&
      zones < 2 && {
        path: 'vpcSubnets',
        received: zones,
        message: 'a load balancer needs subnets in at least two zones',
        fix: 'select subnets of two zones or more',
      },
    props.loadBalancerName !== undefined &&
      matching('loadBalancerName', props.loadBalancerName, NAME_FORM, NAME_FIX),
    ...COLOURS.flatMap(colour => [
      wholeNumber(`birthWeights.${colour}`, weights[colour], 0, 999),
      props.targetGroupNames !== undefined &&
        matching(`targetGroupNames.${colour}`, props.targetGroupNames[colour], NAME_FORM, NAME_FIX),
    ]),
    weights.blue + weights.green === 0 && {
      path: 'birthWeights',
      received: weights,
      message: 'no colour would get a request',
      fix: 'give at least one colour a weight above 0',
    },
    wholeNumber('port', props.port ?? 8080, 1, 65_535),
    matching(
      'healthCheckPath',
      props.healthCheckPath ?? '/healthz',
      /^\/\S{0,1023}$/,
      'use a path that begins with /',
    ),
    wholeNumber('minimumHealthyPercentage', props.minimumHealthyPercentage ?? 50, 1, 100),
  ];
}
