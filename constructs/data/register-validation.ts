import { commonRegisterSet, regionFacts } from '../../regions/catalog';
import { assertRules, matching, type Rule } from '../validation';
import type { RegisterProps } from './register';

/** Votes of a strongly consistent table: three copies, or two and a witness. */
const VOTES = 3;

/**
 * @param construct class name and path
 * @param region Region of the stack, where it is known
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateRegister(construct: string, props: RegisterProps, region?: string): void {
  const { regions, consistency } = props;
  assertRules(construct, [
    matching('tableName', props.tableName, /^[a-zA-Z0-9_.-]{3,255}$/, 'take it from lib/naming'),
    new Set(regions).size !== regions.length && {
      path: 'regions',
      received: regions,
      message: 'a Region is named twice',
      fix: 'name each Region once',
    },
    regions.length < 2 && {
      path: 'regions',
      received: regions,
      message: 'a register in one Region is lost with it',
      fix: 'name at least two Regions',
    },
    region !== undefined &&
      !regions.includes(region) && {
        path: 'regions',
        received: regions,
        message: `the owner's Region, ${region}, holds no copy`,
        fix: 'own the register in a stack of one of its Regions, and name it in the others with fromTableName',
      },
    consistency.kind === 'strong' && votesRule(regions, consistency.witness),
    consistency.kind === 'strong' && setRule(regions, consistency.witness),
  ]);
}

/** DynamoDB keeps strong tables within sets of Regions; a Region that is not in the catalogue is not judged. */
function setRule(regions: readonly string[], witness: string | undefined): Rule {
  const votes = witness === undefined ? regions : [...regions, witness];
  if (votes.some(vote => regionFacts(vote) === undefined) || commonRegisterSet(votes) !== undefined)
    return undefined;
  return {
    path: 'consistency',
    received: votes,
    message: 'these Regions cannot hold one strongly consistent table',
    fix: 'choose Regions of one Region set, or { kind: "eventual" } and manual moves',
  };
}

function votesRule(regions: readonly string[], witness: string | undefined): Rule {
  if (witness !== undefined && regions.includes(witness)) {
    return {
      path: 'consistency.witness',
      received: witness,
      message: 'the witness holds a copy as well, so that losing it takes two votes',
      fix: 'name a third Region of the same Region set',
    };
  }
  const votes = regions.length + (witness === undefined ? 0 : 1);
  if (votes === VOTES) return undefined;
  return {
    path: 'consistency',
    received: { regions, witness },
    message: `a strongly consistent table has ${VOTES} votes, this one would have ${votes}`,
    fix: 'name two Regions and a witness, or three Regions and no witness, or { kind: "eventual" } and manual moves',
  };
}
