import type { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import { customBeside, type SwitchCustomStep } from './region-switch-custom';
import { blockSeconds, hasBlock, type SwitchPlan, type SwitchPlanStep } from './region-switch-plan';
import type { RegionSwitchProps } from './region-switch-props';

/** Minutes for which an approval is waited where nothing else is said. */
const APPROVAL_MINUTES = 30;

/** The steps of a plan as blocks of a workflow, in the plan's order. */
export function workflowSteps(plan: SwitchPlan, props: RegionSwitchProps): CfnPlan.StepProperty[] {
  const pointOfNoReturn = plan.steps.find(step => step.pointOfNoReturn);
  return plan.steps
    .filter(step => hasBlock(plan, step, props.groups !== undefined))
    .flatMap(step => [
      ...customBeside('before', step.id, props.customSteps).map(each => customBlock(plan, each)),
      ...(step === pointOfNoReturn && props.approvalRole !== undefined ? [approval(step, props)] : []),
      block(plan, step, props),
      ...customBeside('after', step.id, props.customSteps).map(each => customBlock(plan, each)),
    ]);
}

function customBlock(plan: SwitchPlan, step: SwitchCustomStep): CfnPlan.StepProperty {
  const { name, description, functions, repeatable = false, timeout, skipWhenUngraceful } = step;
  const call = { id: name, limitSeconds: timeout.toSeconds(), repeatable };
  return {
    name,
    description,
    ...functionBlock(plan, call, functions, skipWhenUngraceful ? { behavior: 'skip' } : undefined),
  };
}

function block(plan: SwitchPlan, step: SwitchPlanStep, props: RegionSwitchProps): CfnPlan.StepProperty {
  const timeoutMinutes = minutes(blockSeconds(plan, step));
  const described = { name: step.id, description: `${step.title}; only when ${step.precondition}` };
  if (step.id === 'switch-database') return { ...described, ...databaseBlock(props, timeoutMinutes) };
  if (step.id === 'raise-capacity' && props.groups !== undefined)
    return { ...described, ...capacityBlock(props.groups, plan, timeoutMinutes) };
  return { ...described, ...functionBlock(plan, step, props.actions) };
}

type Block = Pick<CfnPlan.StepProperty, 'executionBlockType' | 'executionBlockConfiguration'>;

/** A lossy failover is a second way of the same block, and a person must choose it while the plan runs. */
function databaseBlock({ database, plans }: RegionSwitchProps, timeoutMinutes: number): Block {
  return {
    executionBlockType: 'AuroraGlobalDatabase',
    executionBlockConfiguration: {
      globalAuroraConfig: {
        behavior: 'switchoverOnly',
        globalClusterIdentifier: database.globalClusterIdentifier,
        databaseClusterArns: [plans[0].from, plans[0].to].map(region => database.clusterArns[region] ?? ''),
        timeoutMinutes,
        ...(database.allowDataLoss ? { ungraceful: { ungraceful: 'failover' } } : {}),
      },
    },
  };
}

/** One group is a block; several are raised at once. */
function capacityBlock(
  groups: readonly Readonly<Record<string, string>>[],
  plan: SwitchPlan,
  timeoutMinutes: number,
): Block {
  const blocks = groups.map<Block>(arns => ({
    executionBlockType: 'EC2AutoScaling',
    executionBlockConfiguration: {
      ec2AsgCapacityIncreaseConfig: {
        asgs: [plan.from, plan.to].sort().map(region => ({ arn: arns[region] })),
        targetPercent: 100,
        capacityMonitoringApproach: 'sampledMaxInLast24Hours',
        timeoutMinutes,
      },
    },
  }));
  const [only] = blocks;
  if (only !== undefined && blocks.length === 1) return only;
  const steps = blocks.map((each, index) => ({ ...each, name: `raise-capacity-${index + 1}` }));
  return { executionBlockType: 'Parallel', executionBlockConfiguration: { parallelConfig: { steps } } };
}

/** A step that must not act twice is not retried within its time. */
function functionBlock(
  plan: SwitchPlan,
  step: Pick<SwitchPlanStep, 'id' | 'limitSeconds' | 'repeatable'>,
  functions: Readonly<Record<string, string>>,
  ungraceful?: CfnPlan.LambdaUngracefulProperty,
): Block {
  const { application, from, to } = plan;
  const { id, limitSeconds, repeatable } = step;
  const payload = JSON.stringify({ application, step: id, from, to, limitSeconds });
  const timeoutMinutes = minutes(limitSeconds);
  return {
    executionBlockType: 'CustomActionLambda',
    executionBlockConfiguration: {
      customActionLambdaConfig: {
        lambdas: [from, to].sort().map(region => ({ arn: functions[region], payload })),
        regionToRun: 'activatingRegion',
        retryIntervalMinutes: repeatable ? 1 : timeoutMinutes,
        timeoutMinutes,
        ungraceful,
      },
    },
  };
}

function approval(step: SwitchPlanStep, props: RegionSwitchProps): CfnPlan.StepProperty {
  return {
    name: `approve-${step.id}`,
    description: `There is no way back once "${step.title}" has begun`,
    executionBlockType: 'ManualApproval',
    executionBlockConfiguration: {
      executionApprovalConfig: {
        approvalRole: props.approvalRole?.roleArn ?? '',
        timeoutMinutes: props.approvalTimeout?.toMinutes() ?? APPROVAL_MINUTES,
      },
    },
  };
}

/** Whole minutes, at least one: Region switch counts in no smaller unit. */
function minutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}
