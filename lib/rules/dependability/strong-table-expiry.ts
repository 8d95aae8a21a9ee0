import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { isHidden, isTrue } from '../value';

const CONSISTENCY = 'Properties.MultiRegionConsistency';
const EXPIRY = 'Properties.TimeToLiveSpecification.Enabled';

/** A strongly consistent global table expires nothing. */
export const strongTableExpiry: Rule = {
  id: 'StrongTableExpiry',
  title: 'a strongly consistent global table has no time to live',
  why: 'DynamoDB takes no TTL with strong multi-Region consistency: the table is refused, or its consistency has to go, which needs a new table',
  fix: 'remove TimeToLiveSpecification and let the application remove what is old',
  source: 'law 6; Amazon DynamoDB, multi-Region strong consistency',
  types: ['AWS::DynamoDB::GlobalTable'],
  evaluate: table => {
    const consistency = table.at(CONSISTENCY);
    const expires = table.at(EXPIRY);
    if (consistency === undefined || consistency === 'EVENTUAL') return NOT_APPLICABLE;
    if (expires === undefined || (!isHidden(expires) && !isTrue(expires))) return COMPLIANT;
    return isHidden(consistency) || isHidden(expires) ? unknown(EXPIRY) : broken(EXPIRY);
  },
};
