import type { App } from 'aws-cdk-lib';
import type { ResolvedTopology } from '../regions';
import { type BlueprintOptions, RegionStage } from './region-stage';

/**
 * Adds one stage for each Region of the topology, in its order. Nothing that happens at run time is an input: the
 * same topology gives the same templates whichever Region is active (law 1).
 */
export function buildApp(
  app: App,
  topology: ResolvedTopology,
  options: BlueprintOptions = {},
): readonly RegionStage[] {
  return topology.regions.map(({ name }) => new RegionStage(app, name, { topology, ...options }));
}
