import { HoldfastError } from '../../errors';
import type { Comparison, StackTemplates, Unchecked } from '../model';
import { readTextFile } from '../read-json';
import { type AssemblyStack, stacksOf } from '../sources/assembly';
import { compareMembers } from './compare-members';
import { type Group, groupsOf } from './groups';
import { type Names, type Neutral, namesOf, neutralOf } from './neutral';

/**
 * Region against Region: stacks of an assembly that are to be alike, once the names of Regions, zones and accounts are
 * written alike. No Region is the measure of the others: what differs is told with who has what.
 *
 * @param pairs stacks that belong together although their names do not say so: `orders-a=orders-b`
 * @throws HoldfastError `invalid-input` when no stack has a counterpart, or a pair is not known
 */
export function compareRegions(assembly: string, pairs: readonly string[] = []): readonly Comparison[] {
  const stacks = stacksOf(assembly);
  const { groups, unchecked } = groupsOf(stacks, pairs);
  if (groups.length === 0) {
    const problem = {
      path: assembly,
      message: 'holds no stack of one name in two Regions',
      fix: 'name the assembly of an app that stands in several Regions, or pair stacks by --pair',
    };
    throw new HoldfastError('invalid-input', 'there is nothing to hold against each other', [problem]);
  }
  const names = namesOf(stacks, textOrNothing);
  return [{ checked: 0, changes: [], unchecked }, ...groups.map(group => compareGroup(group, names))];
}

/** A file that cannot be read is told where its stack is compared. */
function textOrNothing(file: string): string {
  try {
    return readTextFile(file);
  } catch {
    return '';
  }
}

/** One file that cannot be read hides no other Region. */
function compareGroup({ name, members }: Group, names: Names): Comparison {
  const alias = new Set(members.map(({ stack }) => stack)).size > 1;
  const neutrals: Neutral[] = [];
  const unchecked: Unchecked[] = [];
  for (const member of members) {
    try {
      const neutral = neutralOf(member, names, alias);
      if (neutral.isWhole) neutrals.push(neutral);
      else unchecked.push(refused(member, name, CLASH));
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const [problem] = error.problems;
      const why = `${member.file} ${problem?.message ?? 'cannot be read'}`;
      unchecked.push(refused(member, name, { why, fix: problem?.fix ?? 'give a file that can be read' }));
    }
  }
  const templates = neutrals.map(
    ({ region, template }): StackTemplates => ({ region, stack: name, before: template, after: template }),
  );
  const compared = compareMembers(neutrals, name);
  return {
    ...compared,
    ...{ unchecked: [...unchecked, ...compared.unchecked], templates },
    stacks: [{ region: '-', stack: name }],
  };
}

const CLASH = {
  why: 'two entries have one name once those of the Regions are written alike',
  fix: 'compare the templates by hand',
};

const refused = (
  { region }: AssemblyStack,
  stack: string,
  { why, fix }: Pick<Unchecked, 'why' | 'fix'>,
): Unchecked => ({ region, stack, resource: '-', type: '-', source: 'parity', why, fix });
