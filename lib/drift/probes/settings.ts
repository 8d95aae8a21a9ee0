import { inParallel } from '../account/parallel';
import { reasonOf } from '../account/unchecked';
import { entriesOf } from '../compare/entries';
import { own } from '../compare/values';
import { LIVE_SETTINGS } from '../facts';
import type { Unchecked } from '../model';
import type { LiveStack } from './live-stack';
import type { LiveReads } from './port';
import { type Setting, type Settings, uncheckedOf } from './probe';

/** Names of the live settings that a deployed template declares. */
export const settingsOf = ({ template }: LiveStack): readonly string[] => [
  ...entriesOf(own(own(template, 'Metadata'), LIVE_SETTINGS)).keys(),
];

/** Every declared live setting as it is stored, and those that could not be read. */
export async function readSettings(
  live: LiveReads,
  stacks: readonly LiveStack[],
): Promise<{ readonly settings: Settings; readonly unchecked: readonly Unchecked[] }> {
  const known = new Map<string, Setting>();
  const names = stacks.flatMap(stack => settingsOf(stack).map(name => ({ stack, name })));
  const unchecked = await inParallel(names, async ({ stack, name }) => {
    const { region } = stack;
    try {
      known.set(`${region} ${name}`, { value: await live.setting(region, name) });
      return [];
    } catch (error) {
      const place = { region, stack: stack.stack, resource: name, type: 'AWS::SSM::Parameter' };
      return [uncheckedOf(place, reasonOf(error))];
    }
  });
  return { settings: (region, name) => known.get(`${region} ${name}`), unchecked: unchecked.flat() };
}
