import type { Json } from '../model';

/** A parameter of a deployed stack. */
export interface DeployedParameter {
  /** As it was given; `****` for one that is not shown. */
  readonly value: string;
  /** What a parameter of Systems Manager had at the last deploy. */
  readonly resolved?: string;
}

/** A stack as it stands in an account. */
export interface DeployedStack {
  readonly arn: string;
  /** As CloudFormation words it, such as `UPDATE_ROLLBACK_FAILED`. */
  readonly status: string;
  readonly parameters: ReadonlyMap<string, DeployedParameter>;
}

/** A resource of a deployed stack. */
export interface StackResource {
  /** Logical id. */
  readonly id: string;
  readonly type: string;
  /** Name, id or ARN, whichever a `Ref` gives; nothing while it is being made. */
  readonly physicalId?: string;
}

/**
 * What is asked of CloudFormation, each time in one Region; every list is whole. Errors: `refused` when it may not be
 * asked, `unavailable` when it did not answer, `not-found` for what is not there.
 */
export interface StackReads {
  /** Account of the credentials, 12 digits. */
  account(region: string): Promise<string>;
  /** A stack by name or ARN; nothing when there is none. */
  describe(region: string, stack: string): Promise<DeployedStack | undefined>;
  /** The template's text, as it was deployed. */
  template(region: string, stack: string): Promise<string>;
  /** The resources that stand. */
  resources(region: string, stack: string): Promise<readonly StackResource[]>;
  /** Values of the Region's exports, by name. */
  exports(region: string): Promise<ReadonlyMap<string, string>>;
  /** Parameters of Systems Manager that exist, by the name asked for. */
  parameters(region: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** A change set that is to be made: never one that is executed. */
export interface NewChangeSet {
  readonly name: string;
  /** The template itself, or the address of an uploaded one. */
  readonly template: { readonly body: string } | { readonly url: string };
  /** Parameters that keep the value they have. */
  readonly keep: readonly string[];
}

/** Change sets of stacks. */
export interface ChangeSets {
  create(region: string, stack: string, changeSet: NewChangeSet): Promise<void>;
  /**
   * The description with all its pages as one document; of what is not done yet the first page is enough.
   *
   * @param name or ARN
   */
  describe(region: string, stack: string, name: string): Promise<Json>;
  /** One that is not there is no error. */
  delete(region: string, stack: string, name: string): Promise<void>;
}

/** CloudFormation's own drift detection. */
export interface DriftDetection {
  /** Id of the detection. */
  start(region: string, stack: string): Promise<string>;
  state(
    region: string,
    id: string,
  ): Promise<{ readonly status: 'running' | 'complete' | 'failed'; readonly reason?: string }>;
  /** The answers to `DescribeStackResourceDrifts` and `ListStackResources` as one document, as it is read of files. */
  results(region: string, stack: string): Promise<Json>;
}

/** What a run may be given of an account. */
export interface DriftAccount {
  readonly stacks: StackReads;
  readonly changeSets: ChangeSets;
  readonly detection: DriftDetection;
}
