import { LAYERS, type Layer, stackName } from '../../naming';
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
  /** Region in which the first writer is created. */
  readonly seed: string;
}

/**
 * The order of birth (law 3): foundations everywhere, then the seed, then the secondaries that join its database, and
 * DNS last everywhere. Stacks that are none of the application's layers go with the foundations.
 */
export function birthWaves(
  stacks: readonly StackReference[],
  { application, seed }: BirthFacts,
): readonly Wave[] {
  const layerOf = (stack: StackReference): Layer =>
    LAYERS.find(layer => stackName(application, layer) === stack.stackName) ?? 'foundation';
  const of = (choose: (layer: Layer, region: string) => boolean) =>
    stacks.filter(stack => choose(layerOf(stack), stack.region));
  const middle = (layer: Layer) => layer !== 'foundation' && layer !== 'dns';
  const waves = [
    { name: 'foundations', stacks: of(layer => layer === 'foundation') },
    { name: `seed ${seed}`, stacks: of((layer, region) => middle(layer) && region === seed) },
    { name: 'secondaries', stacks: of((layer, region) => middle(layer) && region !== seed) },
    { name: 'dns', stacks: of(layer => layer === 'dns') },
  ];
  return waves.filter(wave => wave.stacks.length > 0);
}
