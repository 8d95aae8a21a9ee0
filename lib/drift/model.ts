/** What every source gives and every report takes: data, and nothing that knows where it came from. */

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The kinds of sources. */
export type SourceKind =
  | 'template'
  | 'change-set'
  | 'stack-drift'
  | 'terraform'
  | 'terraform-drift'
  | 'probe'
  | 'parity';

/**
 * What happens to a resource. `replace` is a deletion and a creation in whatever order; `may-replace` is one that the
 * service decides at deploy. `move` and `import` change a state file alone, and `forget` leaves the resource standing
 * without an owner. `unrecognized` is a word of a later format.
 */
export type Action =
  | 'none'
  | 'create'
  | 'update'
  | 'delete'
  | 'replace'
  | 'may-replace'
  | 'move'
  | 'import'
  | 'forget'
  | 'read'
  | 'unrecognized';

/** One value that differs. */
export interface Difference {
  /** Dotted path from the resource's root, with list places in brackets: `Properties.Tags[0].Value`. */
  readonly path: string;
  /** `undefined` where there was nothing. */
  readonly before: Json | undefined;
  /** `undefined` where there is nothing, or where it is not known yet. */
  readonly after: Json | undefined;
  /** The new value is decided at deploy. */
  readonly unknownAfter?: boolean;
  /** Why it is not known, where more can be said than that. */
  readonly because?: string;
  /** Either value is a secret; both are masked in every output. */
  readonly sensitive?: boolean;
  /** Whether a change of this value replaces the resource. @default 'no' */
  readonly replaces?: 'no' | 'perhaps' | 'yes';
}

/** Where a resource stands. */
export interface Place {
  /** `-` where the source does not say. */
  readonly region: string;
  /** Name of the stack, or of the Terraform plan. */
  readonly stack: string;
  /** Logical id, or the whole Terraform address; a deposed object carries its key after a `#`. */
  readonly resource: string;
  /** `AWS::RDS::DBCluster`, `aws_rds_cluster`. */
  readonly type: string;
}

/** What a source found of one resource, with at least one difference or an action of its own. */
export interface ResourceChange extends Place {
  readonly source: SourceKind;
  readonly action: Action;
  /** The resource as it was, in the form of its source; `undefined` when it was not there. */
  readonly before: Json | undefined;
  /** The resource as it will be or is, likewise. */
  readonly after: Json | undefined;
  readonly differences: readonly Difference[];
  /** Why the tool says it acts so: `replace_because_tainted`. */
  readonly reason?: string;
  /** Former address of a moved resource, or id of an imported one. */
  readonly origin?: string;
  /** Name in the account, where it is known. */
  readonly physicalId?: string;
  /** Of two Regions that are held against each other, those that have `before` and those that have `after`. */
  readonly sides?: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** What the source marks as secret: `true`, or lists and objects of it, laid over `before` and `after`. */
  readonly sensitive?: { readonly before?: Json; readonly after?: Json };
}

/** What could not be looked at, or not to the end: never silently left out. */
export interface Unchecked extends Place {
  readonly source: SourceKind;
  /** What was not checked, and why: `no permission for rds:DescribeGlobalClusters`. */
  readonly why: string;
  readonly fix: string;
}

/** Both templates of a stack, for rules that look at what did not change. */
export interface StackTemplates {
  readonly region: string;
  readonly stack: string;
  /** `undefined` for a stack that is not there. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** One stack, or Terraform plan, that was looked at; `-` for one that speaks of whatever Region it is in. */
export type LookedAt = Pick<Place, 'region' | 'stack'>;

/** All that one source has to say. */
export interface Comparison {
  /** Resources that were compared to the end, unchanged ones among them. */
  readonly checked: number;
  readonly changes: readonly ResourceChange[];
  readonly unchecked: readonly Unchecked[];
  /** Texts that the source marks as secret, wherever they stand. No output ever shows one. */
  readonly secrets?: readonly string[];
  /** What was looked at, also where nothing was found. @default - the stacks of `templates` */
  readonly stacks?: readonly LookedAt[];
  /** Where the source has them. They may hold secrets: rules look at them, no finding shows them. */
  readonly templates?: readonly StackTemplates[];
}

/** Classes of findings, from the gravest on. */
export const CLASSES = ['danger', 'unchecked', 'unknown', 'change', 'expected', 'noise'] as const;
/** One of {@link CLASSES}. */
export type FindingClass = (typeof CLASSES)[number];

/** One finding. Others build on its fields: later versions only add. */
export interface Finding extends Place {
  /** Stable over runs while rule, place and path stay. */
  readonly id: string;
  /** Rule that spoke, or `change`, `unknown` and `unchecked` where none did. */
  readonly rule: string;
  readonly class: FindingClass;
  readonly action: Action;
  /** Where in the resource; empty for the resource as a whole. */
  readonly path: string;
  readonly why: string;
  readonly fix: string;
}

/** The worst of all findings. */
export type Verdict = 'clean' | 'unchecked' | 'changes' | 'danger';

/** How many: `checked` in resources, all else in findings. `ignored` is there when an ignore file was read. */
export type Counts = Readonly<Record<'checked' | FindingClass, number>> & { readonly ignored?: number };

/** A finding that an entry of the ignore file accepts. It counts in no class, and is never silently gone. */
export interface IgnoredFinding extends Finding {
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it is accepted, as in `2027-01-31`. */
  readonly expires: string;
}

/** What a run says. The JSON document carries exactly this. */
export interface DriftReport {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly counts: Counts;
  /** The gravest first; in an order that does not depend on that of the input. */
  readonly findings: readonly Finding[];
  /** Stacks and plans that were looked at, in order: of others the run says nothing. */
  readonly stacks?: readonly LookedAt[];
  /** What was accepted before, in the same order; there when an ignore file was read. */
  readonly ignored?: readonly IgnoredFinding[];
}
