import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { FencingToken } from './token';

/** Parts of one conditional write by a leader. */
export interface LeaderCondition {
  /** Attributes that the item written must hold: the token. */
  readonly attributes: {
    readonly leaderEpoch: AttributeValue.NMember;
    readonly leaderTerm: AttributeValue.NMember;
  };
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, AttributeValue>>;
}

/**
 * The condition under which an item takes a leader's write: it has seen no newer token. Guards that one item; what is
 * spread over several needs them all in one transaction, or a token on each.
 */
export function leaderCondition({ epoch, term }: FencingToken): LeaderCondition {
  const leaderEpoch = { N: String(epoch) };
  const leaderTerm = { N: String(term) };
  return {
    attributes: { leaderEpoch, leaderTerm },
    ConditionExpression:
      'attribute_not_exists(#leaderEpoch) OR #leaderEpoch < :leaderEpoch OR (#leaderEpoch = :leaderEpoch AND #leaderTerm <= :leaderTerm)',
    ExpressionAttributeNames: { '#leaderEpoch': 'leaderEpoch', '#leaderTerm': 'leaderTerm' },
    ExpressionAttributeValues: { ':leaderEpoch': leaderEpoch, ':leaderTerm': leaderTerm },
  };
}
