import { type Rule, wholeNumber } from '../validation';
import { commonBalancerRules } from './balancer-rules';
import type { NetworkBalancerProps } from './network-balancer';

/** Everything that a balancer of layer 4 must satisfy. */
export function networkBalancerRules(props: NetworkBalancerProps): Rule[] {
  return [
    props.certificates?.length === 0 && {
      path: 'certificates',
      received: props.certificates,
      message: 'TLS without a certificate',
      fix: 'pass at least one certificate of this Region, or leave the list out to pass TCP on',
    },
    props.accessLogBucket !== undefined &&
      props.certificates === undefined && {
        path: 'accessLogBucket',
        message: 'nothing would be written: only TLS connections are logged',
        fix: 'leave it out, or pass certificates',
      },
    wholeNumber('listenerPort', props.listenerPort ?? 443, 1, 65_535),
    ...commonBalancerRules(props),
    wholeNumber('deregistrationDelay (seconds)', props.deregistrationDelay?.toSeconds() ?? 300, 0, 3_600),
  ];
}
