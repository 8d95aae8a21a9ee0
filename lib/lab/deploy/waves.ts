import { homeStackName, LAYERS, type Layer, stackName } from '../../naming';
import type { StackReference } from './assembly';

/** Stacks that are deployed by one call of the CDK CLI. */
export interface Wave {
  /** For people, such as `seed us-east-2`. */
  readonly name: string;
  readonly stacks: readonly StackReference[];
}

/** What the order of birth depends on. */
export interface BirthFacts {
  readonly application: string;
  /** Region in which the first writer of each home is created; an application without homes is one that has no name. */
  readonly homes: readonly { readonly home?: string; readonly seed: string }[];
}

/**
 * The order of birth (law 3): foundations everywhere, then what stands on no secondary, then the secondaries that join
 * a database and what stands on them, and DNS last everywhere. Stacks that are none of the application's layers go with the
 * foundations. A Region that is the seed of every home comes whole before the others.
 */
export function birthWaves(
  stacks: readonly StackReference[],
  { application, homes }: BirthFacts,
): readonly Wave[] {
  const homeOf = ({ stackName: name }: StackReference) =>
    homes.find(({ home }) => homeStackName(application, home) === name);
  const layerOf = (stack: StackReference): Layer | undefined =>
    LAYERS.find(layer => stackName(application, layer) === stack.stackName);
  const seeds = new Set(homes.map(({ seed }) => seed));
  const wave = (stack: StackReference): number => {
    const home = homeOf(stack);
    if (home !== undefined) return home.seed === stack.region ? 1 : 2;
    const layer = layerOf(stack) ?? 'foundation';
    if (layer === 'foundation') return 0;
    if (layer === 'dns') return 3;
    if (layer === 'network' || layer === 'data') return seeds.has(stack.region) ? 1 : 2;
    return homes.every(({ seed }) => seed === stack.region) ? 1 : 2;
  };
  const names = ['foundations', `seed ${[...seeds].join(', ')}`, 'secondaries', 'dns'];
  return names
    .map((name, index) => ({ name, stacks: stacks.filter(stack => wave(stack) === index) }))
    .filter(({ stacks: found }) => found.length > 0);
}
