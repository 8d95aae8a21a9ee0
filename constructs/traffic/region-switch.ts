import { Annotations } from 'aws-cdk-lib';
import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { assertRules } from '../validation';
import type { RegionSwitchProps } from './region-switch-props';
import { declareExecutionRole, globalActions } from './region-switch-role';
import { switchName, switchRules } from './region-switch-rules';
import { workflowSteps } from './region-switch-steps';

/** What whoever runs a plan looks at while it runs. */
const WATCH = ['GetPlanExecution', 'ListPlanExecutionEvents', 'ListPlanExecutions'];

/** What a workflow does to its Region. */
export type SwitchAction = 'activate' | 'deactivate';

/**
 * A plan of ARC Region switch that does what a drill does, from the drill's own plan: capacity and database by the
 * blocks of Region switch, everything else by a function of yours in each Region. The register stays the authority:
 * its steps are among the plan's own, no Route 53 block turns anything, and there is no trigger, so a person starts it.
 */
export class RegionSwitch extends Construct {
  /** Name of the plan. */
  readonly planName: string;
  readonly plan: CfnPlan;
  /** Role in which Region switch acts. */
  readonly executionRole: iam.IRole;
  private readonly regions: readonly [string, string];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: RegionSwitchProps) {
    super(scope, id);
    assertRules(`RegionSwitch ${this.node.path}`, switchRules(props));
    const [{ from, to, application }] = props.plans;
    this.regions = [from, to];
    this.planName = switchName(props);
    this.executionRole = props.executionRole ?? declareExecutionRole(this, props);
    this.checkRole(this.executionRole);
    const alarms = Object.entries(props.healthAlarms).map(([region, resourceIdentifier]) => [
      `health-${region}`,
      { alarmType: 'applicationHealth', resourceIdentifier },
    ]);
    this.plan = new CfnPlan(this, 'Plan', {
      name: this.planName,
      description: `Moves ${application} between ${from} and ${to}, as its drills do`,
      executionRole: this.executionRole.roleArn,
      regions: [from, to],
      recoveryApproach: props.approach ?? 'activePassive',
      ...((props.approach ?? 'activePassive') === 'activePassive' ? { primaryRegion: from } : {}),
      recoveryTimeObjectiveMinutes: props.recoveryTimeObjective?.toMinutes(),
      associatedAlarms: Object.fromEntries(alarms),
      workflows: workflows(props),
    });
    // The plan is judged as soon as it stands, and its role must be able to act by then.
    this.plan.node.addDependency(this.executionRole);
  }

  /**
   * Region at whose endpoint a plan is started: the Region that is activated, or the other one of a Region that is
   * deactivated. The Region that is left may not be there to ask.
   */
  startIn(action: SwitchAction, region: string): string {
    const [first, second] = this.regions;
    if (action === 'activate') return region;
    return region === first ? second : first;
  }

  /**
   * Lets `grantee` start and cancel the plan, and watch it, all at the Regions' own endpoints.
   * Source: Service Authorization Reference, Amazon ARC Region switch.
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['StartPlanExecution', 'CancelPlanExecution', 'GetPlanInRegion', ...WATCH]);
  }

  /** Lets `grantee` approve or decline the step from which there is no way back, and watch the plan. */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['ApprovePlanExecutionStep', ...WATCH]);
  }

  private grant(grantee: iam.IGrantable, names: readonly string[]): iam.Grant {
    const actions = names.map(name => `arc-region-switch:${name}`);
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.plan.attrArn] });
  }

  /** A role of this app is checked when all of it is there; of one from elsewhere a warning says that it was not. */
  private checkRole(role: iam.IRole): void {
    if (!(role instanceof iam.Role)) {
      const text = 'the role of the plan stands elsewhere and was not checked for global control planes';
      Annotations.of(this).addWarningV2('holdfast:unchecked-role', text);
      return;
    }
    this.node.addValidation({
      validate: () =>
        globalActions(role).map(
          action => `executionRole: calls a global control plane, received "${action}"; take it out (law 2)`,
        ),
    });
  }
}

/** Each direction's workflow activates where it leads; in active-active its origin can be deactivated too. */
function workflows(props: RegionSwitchProps): CfnPlan.WorkflowProperty[] {
  return props.plans.flatMap(plan => {
    const steps = workflowSteps(plan, props);
    const workflow = (workflowTargetAction: SwitchAction, workflowTargetRegion: string) => ({
      workflowTargetAction,
      workflowTargetRegion,
      workflowDescription: `${plan.mode} of ${plan.application} from ${plan.from} to ${plan.to}`,
      steps,
    });
    const activate = workflow('activate', plan.to);
    return props.approach === 'activeActive' ? [workflow('deactivate', plan.from), activate] : [activate];
  });
}
