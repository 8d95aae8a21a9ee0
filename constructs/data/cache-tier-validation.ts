import { assertRules, matching, wholeNumber } from '../validation';
import type { CacheTierProps } from './cache-tier-props';

const IDENTIFIER_FIX = 'use lower-case letters, digits and single hyphens, a letter first and no hyphen last';

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateCacheTier(construct: string, props: CacheTierProps): void {
  const nodes = props.nodes ?? 2;
  const failover = props.automaticFailover ?? true;
  assertRules(construct, [
    wholeNumber('nodes', nodes, 1, 6),
    failover &&
      nodes < 2 && {
        path: 'nodes',
        received: nodes,
        message: 'automatic failover needs a replica to fail over to',
        fix: 'ask for at least 2 nodes, or set automaticFailover to false and accept an empty cache after a loss',
      },
    props.multiAz === true &&
      !failover && {
        path: 'multiAz',
        received: true,
        message: 'nodes in several zones need automatic failover',
        fix: 'set automaticFailover to true',
      },
    matching(
      'replicationGroupId',
      props.replicationGroupId,
      /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/,
      IDENTIFIER_FIX,
    ),
    matching('userName', props.userName, /^[a-z](?!.*--)[a-z0-9-]{0,32}[a-z0-9]$/, IDENTIFIER_FIX),
    matching(
      'keyPrefix',
      props.keyPrefix,
      /^[^\s*?[\]]{1,64}$/,
      'use text without white space or pattern characters',
    ),
  ]);
}
