import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { asList, isHidden } from '../value';

const REPLICAS = 'Properties.Replicas';
const WITNESSES = 'Properties.GlobalTableWitnesses';
const VOTES = 3;

/** A strongly consistent global table has three votes. */
export const strongTableVotes: Rule = {
  id: 'StrongTableVotes',
  title: 'a strongly consistent global table stands in three Regions, a witness counted',
  why: 'with two votes the loss of either Region stops every write, at the very time when the register must say who is active',
  fix: 'use two replicas and a witness, or three replicas',
  source: 'law 6; Amazon DynamoDB, multi-Region strong consistency',
  types: ['AWS::DynamoDB::GlobalTable'],
  evaluate: table => {
    const consistency = table.at('Properties.MultiRegionConsistency');
    if (consistency === undefined || consistency === 'EVENTUAL') return NOT_APPLICABLE;
    const [replicas, witnesses] = [table.at(REPLICAS), table.at(WITNESSES)] as const;
    if (isHidden(replicas) || isHidden(witnesses) || isHidden(consistency)) return unknown(REPLICAS);
    return asList(replicas).length + asList(witnesses).length === VOTES ? COMPLIANT : broken(REPLICAS);
  },
};
