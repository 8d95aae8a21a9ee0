import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import { globalDatastoreObstacle } from './cache-engine';
import type { CacheTierProps } from './cache-tier-props';
import { subnetRule } from './subnet-rules';

const IDENTIFIER_FIX = 'use lower-case letters, digits and single hyphens, a letter first and no hyphen last';
/** Most Regions of a global datastore: one that writes and two that follow (ElastiCache User Guide). */
const MOST_REGIONS = 3;

/**
 * @param construct class name and path
 * @param region Region of the stack, where it is known
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateCacheTier(construct: string, props: CacheTierProps, region?: string): void {
  assertRules(construct, [
    ...(props.clusterMode === undefined ? nodeRules(props) : clusterRules(props)),
    ...datastoreRules(props, region),
    ...identityRules(props),
    subnetRule(props),
    matching('nodeType', props.nodeType, /^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'write it as cache.r7g.large'),
    props.engineVersion !== undefined &&
      matching('engineVersion', props.engineVersion, /^\d+\.\d+$/, 'write major and minor, such as 8.0'),
  ]);
}

/** Rules of the names, shared with the serverless cache. */
export function identityRules(
  props: Pick<CacheTierProps, 'userName' | 'keyPrefix'> & { replicationGroupId?: string },
) {
  return [
    props.replicationGroupId !== undefined &&
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
  ];
}

function nodeRules(props: CacheTierProps): readonly Rule[] {
  const nodes = props.nodes ?? 2;
  const failover = props.automaticFailover ?? true;
  return [
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
  ];
}

/** Another rule than with one shard: AWS fails a shard over by itself, and takes shards without a replica. */
function clusterRules({ clusterMode, nodes, automaticFailover, multiAz }: CacheTierProps): readonly Rule[] {
  const replicas = clusterMode?.replicasPerShard ?? 1;
  return [
    wholeNumber('clusterMode.shards', clusterMode?.shards ?? 0, 1, 500),
    wholeNumber('clusterMode.replicasPerShard', replicas, 0, 5),
    nodes !== undefined && {
      path: 'nodes',
      received: nodes,
      message: 'in cluster mode the nodes follow from shards and replicas',
      fix: 'leave nodes out, or leave clusterMode out',
    },
    automaticFailover === false && {
      path: 'automaticFailover',
      received: false,
      message: 'cluster mode always fails over by itself',
      fix: 'leave it out',
    },
    multiAz === true &&
      replicas === 0 && {
        path: 'multiAz',
        received: true,
        message: 'a shard in several zones needs a replica',
        fix: 'ask for at least 1 replica in each shard',
      },
  ];
}

function datastoreRules({ globalDatastore: member, nodeType, ...props }: CacheTierProps, region?: string) {
  if (member === undefined) return [];
  const { regions } = member;
  const obstacle = globalDatastoreObstacle(nodeType);
  const nodes = props.nodes ?? 2;
  return [
    obstacle !== undefined && {
      path: 'nodeType',
      received: nodeType,
      message: `a global datastore ${obstacle}`,
      fix: 'use cache.r7g.large or more in every Region',
    },
    props.clusterMode === undefined &&
      nodes < 2 && {
        path: 'nodes',
        received: nodes,
        message: 'a member of a global datastore keeps a replica',
        fix: 'ask for at least 2 nodes',
      },
    (regions.length > MOST_REGIONS || regions.length < 2 || new Set(regions).size !== regions.length) && {
      path: 'globalDatastore.regions',
      received: regions,
      message: 'a global datastore has one Region that writes and one or two that follow',
      fix: 'name two or three Regions, each once',
    },
    region !== undefined &&
      !regions.includes(region) && {
        path: 'globalDatastore.regions',
        received: regions,
        message: `the Region of this stack, ${region}, is not among them`,
        fix: 'name every Region of the datastore',
      },
    member.kind === 'primary'
      ? matching('globalDatastore.suffix', member.suffix, /^[a-z][a-z0-9-]{0,34}$/, IDENTIFIER_FIX)
      : matching(
          'globalDatastore.globalReplicationGroupId',
          member.globalReplicationGroupId,
          /^[a-z][a-z0-9-]{5,}$/,
          'give the whole id with the prefix of the Region in which it was born, such as ldgnf-orders',
        ),
  ];
}
