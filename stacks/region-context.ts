import type { StackProps } from 'aws-cdk-lib';
import { artifactBucketName, homeStackName, type Layer, stackName } from '../lib/naming';
import { type HomeTopology, homesOf, type ResolvedRegion, type ResolvedTopology, regionOf } from '../regions';

/** A Region of one home: the topology as the home sees it, and the Region with it. */
export interface HomeContext {
  readonly topology: HomeTopology;
  readonly region: ResolvedRegion;
}

/** What every stack of a Region knows: the topology, and which of its Regions this one is. */
export interface RegionContext {
  readonly topology: ResolvedTopology;
  readonly region: ResolvedRegion;
  /** The same as each home sees it; an application without homes is one that has no name. */
  readonly homes: readonly HomeContext[];
}

/**
 * Context of a Region.
 * @throws HoldfastError `not-found` when the topology has no such Region
 */
export const regionContext = (topology: ResolvedTopology, name: string): RegionContext => ({
  topology,
  region: regionOf(topology, name),
  homes: homesOf(topology).map(home => ({ topology: home, region: regionOf(home, name) })),
});

/** Names of the homes; undefined where there are none. */
export function homeNames({ homes }: RegionContext): readonly string[] | undefined {
  const names = homes.flatMap(({ topology: { home } }) => (home === undefined ? [] : [home]));
  return names.length === 0 ? undefined : names;
}

/** Id of what stands once for each home: as it is without homes, else with the home's name behind it. */
export const homeId = (id: string, { home }: { readonly home?: string }): string =>
  home === undefined ? id : `${id}-${home}`;

/** Properties of a stack of a Region. */
export interface RegionStackProps {
  readonly context: RegionContext;
}

/**
 * Properties that a stack of this layer has in every Region: the agreed name, the account and Region from the
 * topology, and protection where a deletion could not be taken back.
 */
export function stackPropsOf(
  { topology, region }: HomeContext,
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

/** Properties of the stack that holds the data of one home. */
export function homeStackProps({ topology, region }: HomeContext): StackProps {
  const { application, account, home } = topology;
  return {
    stackName: homeStackName(application, home),
    env: { account, region: region.name },
    description: `${application} in ${region.name}: database member and rows of reports of home ${home}`,
    terminationProtection: true,
  };
}

/** Bucket from which the Region's clones boot. */
export const artifactBucketOf = ({ topology, region }: HomeContext): string =>
  artifactBucketName(topology.application, topology.account, region.name);
