import type { Difference, FindingClass, ResourceChange, StackTemplates } from '../model';

/** What a rule may look at besides the change itself. */
export interface RuleContext {
  /** Every change of the same stack and Region, this one among them. */
  readonly neighbours: readonly ResourceChange[];
  /** Every change of the run. */
  readonly all: readonly ResourceChange[];
  readonly facts: Facts;
}

/** What is known of the application, so that a failover is not taken for drift. All of it may be missing. */
export interface Facts {
  /** The register's record: which Region is active, and since which epoch. */
  readonly register?: { readonly epoch: number; readonly region: string };
  /** Region of birth, by the topology: where alone stands what is made once. */
  readonly seed?: string;
  /** Templates of the run; `classify` adds those of the comparisons. */
  readonly templates?: readonly StackTemplates[];
}

/** What a rule says of one change. */
export interface Judged {
  /**
   * `yes`: the rule holds for the differences at `paths`. `perhaps`: what would decide is not known, which is a
   * finding of its own and never a pass.
   */
  readonly holds: 'yes' | 'perhaps';
  /** Paths of the differences it speaks of; without them, the change as a whole. */
  readonly paths?: readonly string[];
  /** Says it more exactly than the rule's own words. */
  readonly why?: string;
  readonly fix?: string;
}

/** One rule, pure. It sees changes and says what they mean; it never asks anything. */
export interface DriftRule {
  /** In the field's own words, with hyphens. */
  readonly id: string;
  /**
   * `noise` and `expected` explain differences away, so that no other rule sees them; the other two add to what is
   * left.
   */
  readonly class: Extract<FindingClass, 'noise' | 'expected' | 'change' | 'danger'>;
  readonly title: string;
  /** What goes wrong, or why it does not matter. */
  readonly why: string;
  readonly fix: string;
  /** Public page or thread, or the law, that the rule stands on. */
  readonly source: string;
  /**
   * What a warning means of two Regions that differ: `one Region keeps less than the other`. The rule is then asked
   * twice, from the one to the other and back, as if either came out of the other by a deploy.
   * @default - a rule that warns is not asked about Regions that differ
   */
  readonly apart?: string;
  /** Types it has something to say about; a name that ends in `*` is a prefix. @default - all */
  readonly types?: readonly string[];
  /**
   * Whether it may explain away a difference that replaces the resource, and the creation or deletion of one.
   * @default false
   */
  readonly explainsReplacement?: boolean;
  /** Nothing when the rule does not apply. */
  judge(change: ResourceChange, context: RuleContext): Judged | readonly Judged[] | undefined;
}

/** Whether a rule has something to say about a type. */
export function concerns(rule: DriftRule, type: string): boolean {
  return (
    rule.types?.some(name => (name.endsWith('*') ? type.startsWith(name.slice(0, -1)) : name === type)) ??
    true
  );
}

/** The differences of a change at or below a path. */
export function under(change: ResourceChange, path: string): readonly Difference[] {
  return change.differences.filter(
    difference =>
      difference.path === path ||
      (/^[.[]/.test(difference.path.slice(path.length)) && difference.path.startsWith(path)),
  );
}
