import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { SwitchCustomStep } from './region-switch-custom';
import type { SwitchPlan } from './region-switch-plan';

/** The global database that a switch moves. */
export interface SwitchDatabase {
  /** Its name, the same in every Region. */
  readonly globalClusterIdentifier: string;
  /** ARN of each Region's cluster, by Region. */
  readonly clusterArns: Readonly<Record<string, string>>;
  /**
   * Whether the person who runs the plan may choose the lossy way when the old Region is gone.
   * @default false
   */
  readonly allowDataLoss?: boolean;
}

/** A plan of Region switch. */
export interface RegionSwitchProps {
  /** The drill's plans of both directions: from A to B and from B to A. */
  readonly plans: readonly [SwitchPlan, SwitchPlan];
  /**
   * Name of the plan, 32 letters, digits and hyphens at most.
   * @default - the application and `-switch`
   */
  readonly name?: string;
  /**
   * `activePassive`: a workflow that activates each Region. `activeActive`: one that deactivates and one that activates
   * each.
   * @default 'activePassive'
   */
  readonly approach?: 'activePassive' | 'activeActive';
  /**
   * ARN of the function in each Region that does the steps for which Region switch has no block, by Region. It gets
   * `{ application, step, from, to, limitSeconds }` with what Region switch adds, and must fail while the step is not
   * done. It writes the register as a drill does.
   */
  readonly actions: Readonly<Record<string, string>>;
  /**
   * Steps of your own among those of the drill, in both directions.
   * @default - none
   */
  readonly customSteps?: readonly SwitchCustomStep[];
  /** What the plan moves. */
  readonly database: SwitchDatabase;
  /**
   * ARN of the Auto Scaling groups that are raised together, by Region; AWS puts an id into them, so they are known
   * after birth.
   * @default - capacity is raised by the function of `actions`
   */
  readonly groups?: readonly Readonly<Record<string, string>>[];
  /** ARN of the alarm on the application's health in each Region, by Region: it ends the measured recovery time. */
  readonly healthAlarms: Readonly<Record<string, string>>;
  /**
   * Who may approve the step from which there is no way back; the plan waits for it.
   * @default - nobody is asked
   */
  readonly approvalRole?: iam.IRole;
  /**
   * How long an approval is waited for.
   * @default Duration.minutes(30)
   */
  readonly approvalTimeout?: Duration;
  /**
   * Promised recovery time, 1 minute to 7 days; the plan's own budget must fit.
   * @default - none
   */
  readonly recoveryTimeObjective?: Duration;
  /**
   * Role in which Region switch acts. It is checked for calls of a global control plane; one that stands elsewhere
   * cannot be, and a warning says so.
   * @default - a role that may do the plan's own steps and nothing else
   */
  readonly executionRole?: iam.IRole;
}
