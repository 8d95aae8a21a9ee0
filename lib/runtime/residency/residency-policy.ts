import { RuntimeError } from '../errors';

/** Key of the rule for records that carry no jurisdiction. */
export const UNTAGGED = '*';

/** Which Regions may hold the records of each jurisdiction. What it does not name may be held nowhere. */
export class ResidencyPolicy {
  private readonly rules: ReadonlyMap<string, ReadonlySet<string>>;

  /**
   * @param rules Regions by jurisdiction; `*` is for records without one
   * @throws RuntimeError `invalid-input` when a jurisdiction has no Region
   */
  constructor(rules: Readonly<Record<string, readonly string[]>>) {
    const problems = Object.entries(rules)
      .filter(([, regions]) => regions.length === 0)
      .map(([path]) => ({
        path,
        received: [],
        message: 'may be held nowhere',
        fix: 'name a Region or leave it out',
      }));
    if (problems.length > 0) throw new RuntimeError('invalid-input', 'not a residency policy', problems);
    this.rules = new Map(Object.entries(rules).map(([name, regions]) => [name, new Set(regions)]));
  }

  /** Regions that may hold records of a jurisdiction, in the order of the policy; none when it is not named. */
  regionsOf(jurisdiction: string | undefined): readonly string[] {
    return [...(this.rules.get(jurisdiction ?? UNTAGGED) ?? [])];
  }

  /** Whether a Region may hold, and so serve, records of a jurisdiction. */
  allows(jurisdiction: string | undefined, region: string): boolean {
    return this.rules.get(jurisdiction ?? UNTAGGED)?.has(region) ?? false;
  }

  /** Jurisdictions whose records may be in a Region; {@link UNTAGGED} for records without one. */
  jurisdictionsIn(region: string): readonly string[] {
    return [...this.rules].flatMap(([name, regions]) => (regions.has(region) ? [name] : []));
  }

  /**
   * The policy as it is for a store in `region` that copies every record to `copies`: what may not be in each of them may
   * not be put there either.
   */
  copying(region: string, copies: readonly string[]): ResidencyPolicy {
    const rules = [...this.rules].map(([name, regions]): [string, readonly string[]] => {
      const jurisdiction = name === UNTAGGED ? undefined : name;
      const outside = this.outside(jurisdiction, copies);
      return [name, [...regions].filter(place => place !== region || outside.length === 0)];
    });
    return new ResidencyPolicy(Object.fromEntries(rules.filter(([, regions]) => regions.length > 0)));
  }

  /** The Regions among `targets` that may not hold records of a jurisdiction. */
  outside(jurisdiction: string | undefined, targets: readonly string[]): readonly string[] {
    return targets.filter(region => !this.allows(jurisdiction, region));
  }
}

const RULE = /^(\*|[a-z][a-z0-9-]*)=([a-z0-9-]+(?:,[a-z0-9-]+)*)$/;

/**
 * A policy as one text, such as `eu=eu-west-1,eu-central-1;us=us-east-1;*=us-east-1,eu-west-1`.
 *
 * @throws RuntimeError `invalid-input` with each rule that has another shape or comes twice
 */
export function parseResidency(text: string): ResidencyPolicy {
  const rules: Record<string, readonly string[]> = {};
  const problems = text.split(';').flatMap(rule => {
    const [, jurisdiction = '', regions = ''] = RULE.exec(rule.trim()) ?? [];
    const fix = 'write <jurisdiction>=<Region>,<Region>, with semicolons between';
    if (jurisdiction === '')
      return [{ path: 'residency', received: rule, message: 'has another shape', fix }];
    if (Object.hasOwn(rules, jurisdiction))
      return [
        { path: 'residency', received: rule, message: 'comes twice', fix: 'write each jurisdiction once' },
      ];
    rules[jurisdiction] = regions.split(',');
    return [];
  });
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'not a residency policy', problems);
  return new ResidencyPolicy(rules);
}
