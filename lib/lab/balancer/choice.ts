/** Something chosen in proportion to its weight. */
interface Weighted {
  readonly arn: string;
  readonly weight: number;
}

/**
 * Smooth weighted round robin: over any stretch of choices each group gets its share, without randomness and
 * without runs. Weights may change between two choices.
 */
export class WeightedChoice {
  private readonly credit = new Map<string, number>();

  /** The next group, or undefined when no group has a weight. */
  next<Group extends Weighted>(groups: readonly Group[]): Group | undefined {
    let best: Group | undefined;
    let bestCredit = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const group of groups) {
      if (group.weight <= 0) {
        this.credit.delete(group.arn);
        continue;
      }
      total += group.weight;
      const credit = (this.credit.get(group.arn) ?? 0) + group.weight;
      this.credit.set(group.arn, credit);
      if (credit > bestCredit) {
        best = group;
        bestCredit = credit;
      }
    }
    if (best !== undefined) this.credit.set(best.arn, bestCredit - total);
    return best;
  }
}
