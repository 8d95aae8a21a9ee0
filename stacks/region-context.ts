import type { StackProps } from 'aws-cdk-lib';
import { artifactBucketName, type Layer, stackName } from '../lib/naming';
import { hostOf, type ResolvedRegion, type ResolvedTopology } from '../regions';

/** What every stack of a Region knows: the topology, and which of its Regions this one is. */
export interface RegionContext {
  readonly topology: ResolvedTopology;
  readonly region: ResolvedRegion;
}

/** Properties of a stack of a Region. */
export interface RegionStackProps {
  readonly context: RegionContext;
}

/**
 * Properties that a stack of this layer has in every Region: the agreed name, the account and Region from the
 * topology, and protection where a deletion could not be taken back.
 */
export function stackPropsOf(
  { topology, region }: RegionContext,
  layer: Layer,
  description: string,
): StackProps {
  return {
    stackName: stackName(topology.application, layer),
    env: { account: topology.account, region: region.name },
    description: `${topology.application} in ${region.name}: ${description}`,
    terminationProtection: PROTECTED.includes(layer),
  };
}

/** Layers that hold what cannot be made again: the register, keys, data and records fixed for life. */
const PROTECTED: readonly Layer[] = ['foundation', 'data', 'dns'];

/** Name of the service for its clients. */
export const hostOfContext = ({ topology }: RegionContext): string => hostOf(topology);

/** Bucket from which the Region's clones boot. */
export const artifactBucketOf = ({ topology, region }: RegionContext): string =>
  artifactBucketName(topology.application, topology.account, region.name);
