import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import fc from 'fast-check';
import { RegionSwitch } from '../../../constructs/traffic/region-switch';
import type { SwitchCustomStep } from '../../../constructs/traffic/region-switch-custom';
import type { SwitchPlan } from '../../../constructs/traffic/region-switch-plan';
import type { RegionSwitchProps } from '../../../constructs/traffic/region-switch-props';
import { planDrill } from '../../../lib/drill';
import { drillSettings } from '../../../lib/drill/plan/settings';
import orders from '../../../regions/examples/orders';

const EAST = 'us-east-2';
const WEST = 'us-west-2';

/** A plan as the drill makes it and its journal keeps it. Typed before it is JSON: shape and values are the drill's. */
function plan(from: string, to: string, timeScale = 1, scaleUp = true): SwitchPlan {
  const made: SwitchPlan = planDrill({
    mode: 'switchover',
    id: 'x',
    to,
    timeScale,
    capacity: [],
    scaleUp,
    before: { epoch: 1, phase: 'active', region: from },
    settings: drillSettings(orders),
  });
  return JSON.parse(JSON.stringify(made)) as SwitchPlan;
}

const arn = (service: string, region: string, rest: string) =>
  `arn:test:${service}:${region}:000000000000:${rest}`;
const each = (of: (region: string) => string) => ({ [EAST]: of(EAST), [WEST]: of(WEST) });
const PROPS: RegionSwitchProps = {
  plans: [plan(EAST, WEST), plan(WEST, EAST)],
  actions: each(region => arn('lambda', region, 'function:orders-switch')),
  database: {
    globalClusterIdentifier: 'orders-global',
    clusterArns: each(region => arn('rds', region, `cluster:orders-${region}`)),
  },
  healthAlarms: each(region => arn('cloudwatch', region, 'alarm:orders-health')),
};

function build(change: (stack: Stack) => Partial<RegionSwitchProps> = () => ({}), app = new App()) {
  const stack = new Stack(app, 'Switch', { env: { account: '000000000000', region: WEST } });
  const built = new RegionSwitch(stack, 'Switch', { ...PROPS, ...change(stack) });
  return { stack, built };
}

interface Workflow {
  readonly WorkflowTargetAction: string;
  readonly WorkflowTargetRegion: string;
  readonly Steps: readonly {
    readonly Name: string;
    readonly ExecutionBlockType: string;
    readonly ExecutionBlockConfiguration: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }[];
}

function workflowsOf(change: Partial<RegionSwitchProps> = {}): readonly Workflow[] {
  return workflowsIn(build(() => change).stack);
}

function workflowsIn(stack: Stack): readonly Workflow[] {
  const found = Template.fromStack(stack).findResources('AWS::ARCRegionSwitch::Plan');
  return Object.values(found).flatMap(({ Properties }) => Properties.Workflows as Workflow[]);
}

const GROUPS = [
  each(region => arn('autoscaling', region, 'autoScalingGroup:1:autoScalingGroupName/orders-blue')),
];

describe('the workflows', () => {
  test('are the drill’s plans of both directions, step by step', () => {
    const workflows = workflowsOf();
    expect(workflows.map(flow => [flow.WorkflowTargetAction, flow.WorkflowTargetRegion])).toEqual([
      ['activate', WEST],
      ['activate', EAST],
    ]);
    for (const [index, flow] of workflows.entries()) {
      const steps = PROPS.plans[index]?.steps.map(({ id }) => id).filter(id => id !== 'wait-writer');
      expect(flow.Steps.map(({ Name }) => Name)).toEqual(steps);
    }
  });

  test('move the database by its own block, without loss, and everything else by the function', () => {
    const [{ Steps }] = workflowsOf() as [Workflow, Workflow];
    const types = new Map(Steps.map(step => [step.Name, step.ExecutionBlockType]));
    expect(types.get('switch-database')).toBe('AuroraGlobalDatabase');
    types.delete('switch-database');
    expect(new Set(types.values())).toEqual(new Set(['CustomActionLambda']));
    expect(Steps.find(({ Name }) => Name === 'switch-database')?.ExecutionBlockConfiguration).toEqual({
      GlobalAuroraConfig: {
        Behavior: 'switchoverOnly',
        GlobalClusterIdentifier: 'orders-global',
        DatabaseClusterArns: Object.values(PROPS.database.clusterArns),
        TimeoutMinutes: expect.any(Number),
      },
    });
  });

  test('tell the function which step of which direction it does, in the Region that is activated', () => {
    for (const [index, { Steps }] of workflowsOf().entries()) {
      const fence = Steps.find(({ Name }) => Name === 'fence')?.ExecutionBlockConfiguration;
      const config = fence?.CustomActionLambdaConfig as { Lambdas: { Payload: string; Arn: string }[] };
      expect(config).toMatchObject({ RegionToRun: 'activatingRegion', RetryIntervalMinutes: 1 });
      expect(config.Lambdas.map(({ Arn }) => Arn)).toEqual(Object.values(PROPS.actions));
      const { from, to } = PROPS.plans[index] as SwitchPlan;
      for (const { Payload } of config.Lambdas) {
        expect(JSON.parse(Payload)).toMatchObject({ application: 'orders', step: 'fence', from, to });
      }
    }
  });

  test('give every block as long as its steps may take, in whole minutes', () => {
    const [there] = PROPS.plans;
    const limits = new Map(there.steps.map(({ id, limitSeconds }) => [id, limitSeconds]));
    const [{ Steps }] = workflowsOf() as [Workflow, Workflow];
    for (const { Name, ExecutionBlockConfiguration } of Steps) {
      const [config] = Object.values(ExecutionBlockConfiguration);
      const within = Name === 'switch-database' ? (limits.get('wait-writer') ?? 0) : 0;
      expect(Number(config?.TimeoutMinutes) * 60).toBeGreaterThanOrEqual((limits.get(Name) ?? 0) + within);
    }
  });

  test('try a step again each minute, but not one that must not act twice', () => {
    const once = (made: SwitchPlan): SwitchPlan => ({
      ...made,
      steps: made.steps.map(step => (step.id === 'wait-dns' ? { ...step, repeatable: false } : step)),
    });
    const [{ Steps }] = workflowsOf({ plans: [once(PROPS.plans[0]), PROPS.plans[1]] }) as [
      Workflow,
      Workflow,
    ];
    const config = (name: string) =>
      Steps.find(({ Name }) => Name === name)?.ExecutionBlockConfiguration.CustomActionLambdaConfig;
    expect(Number(config('wait-dns')?.TimeoutMinutes)).toBeGreaterThan(1);
    expect(config('wait-dns')?.RetryIntervalMinutes).toBe(config('wait-dns')?.TimeoutMinutes);
    expect(config('activate')?.RetryIntervalMinutes).toBe(1);
  });

  test('raise capacity by a block where the groups are known, several at once', () => {
    const [{ Steps }] = workflowsOf({ groups: GROUPS }) as [Workflow, Workflow];
    expect(Steps[0]).toMatchObject({ Name: 'raise-capacity', ExecutionBlockType: 'EC2AutoScaling' });
    expect(Steps.map(({ Name }) => Name)).not.toContain('wait-capacity');
    const [both] = workflowsOf({ groups: [...GROUPS, ...GROUPS] }) as [Workflow, Workflow];
    expect(both.Steps[0]).toMatchObject({
      ExecutionBlockType: 'Parallel',
      ExecutionBlockConfiguration: {
        ParallelConfig: { Steps: [{ Name: 'raise-capacity-1' }, { Name: 'raise-capacity-2' }] },
      },
    });
  });

  test('raise nothing where the standby carries its share already', () => {
    const plans = [plan(EAST, WEST, 1, false), plan(WEST, EAST, 1, false)] as const;
    expect(workflowsOf({ plans, groups: GROUPS })[0]?.Steps[0]?.Name).toBe('fence');
  });

  test('ask before the step from which there is no way back', () => {
    const { stack } = build(scope => ({
      approvalRole: iam.Role.fromRoleArn(scope, 'Approver', 'arn:test:iam::000000000000:role/approver'),
    }));
    expect(workflowsIn(stack)).toHaveLength(2);
    for (const flow of workflowsIn(stack)) {
      const names = flow.Steps.map(({ Name }) => Name);
      expect(names.indexOf('approve-switch-database')).toBe(names.indexOf('switch-database') - 1);
    }
  });

  describe('with steps of yours', () => {
    const TELL: SwitchCustomStep = {
      name: 'tell-partner',
      description: 'Tells the partner which Region sends from now on',
      functions: each(region => arn('lambda', region, 'function:tell-partner')),
      timeout: Duration.minutes(5),
      after: 'activate',
    };
    const namesOf = (...customSteps: SwitchCustomStep[]) =>
      workflowsOf({ customSteps }).map(({ Steps }) => Steps.map(({ Name }) => Name));

    test('place them beside the drill’s, in both directions and in their order', () => {
      const plain = workflowsOf().map(({ Steps }) => Steps.map(({ Name }) => Name));
      const { after: _, ...rest } = TELL;
      const made = namesOf(TELL, { ...TELL, name: 'second' }, {
        ...rest,
        name: 'first',
        before: 'fence',
      } as SwitchCustomStep);
      for (const [index, names] of made.entries()) {
        const at = names.indexOf('activate');
        expect(names.slice(at + 1, at + 3)).toEqual(['tell-partner', 'second']);
        expect(names.indexOf('first')).toBe(names.indexOf('fence') - 1);
        const own = names.filter(name => !['tell-partner', 'second', 'first'].includes(name));
        expect(own).toEqual(plain[index]);
      }
    });

    test('leave a block of every length as many of them as were given, whatever beside', () => {
      const places = namesOf()[0] ?? [];
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...places), { maxLength: 6 }), anchors => {
          const steps = anchors.map((after, at) => ({ ...TELL, name: `own-${at}`, after }));
          for (const names of namesOf(...steps)) {
            expect(names.filter(name => name.startsWith('own-'))).toHaveLength(anchors.length);
            for (const [at, anchor] of anchors.entries()) {
              const between = names.slice(names.indexOf(anchor) + 1, names.indexOf(`own-${at}`));
              expect(between.every(name => name.startsWith('own-'))).toBe(true);
            }
          }
        }),
        { numRuns: 20 },
      );
    });

    test('call their function in the Region that is activated, once unless they may act twice', () => {
      const configOf = (step: SwitchCustomStep) =>
        workflowsOf({ customSteps: [step] })[0]?.Steps.find(({ Name }) => Name === step.name)
          ?.ExecutionBlockConfiguration.CustomActionLambdaConfig as {
          Lambdas: { Arn: string; Payload: string }[];
        };
      const once = configOf(TELL);
      expect(once).toMatchObject({
        RegionToRun: 'activatingRegion',
        TimeoutMinutes: 5,
        RetryIntervalMinutes: 5,
      });
      expect(once).not.toHaveProperty('Ungraceful');
      expect(once.Lambdas.map(({ Arn }) => Arn)).toEqual(Object.values(TELL.functions));
      expect(JSON.parse(once.Lambdas[0]?.Payload ?? '')).toEqual({
        ...{ application: 'orders', step: 'tell-partner', from: EAST, to: WEST },
        limitSeconds: 300,
      });
      const again = configOf({ ...TELL, repeatable: true, skipWhenUngraceful: true });
      expect(again).toMatchObject({ RetryIntervalMinutes: 1, Ungraceful: { Behavior: 'skip' } });
    });

    test('let the role call their functions, and no other', () => {
      const { stack } = build(() => ({ customSteps: [TELL] }));
      const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      for (const region of [EAST, WEST]) {
        expect(text).toContain(arn('lambda', region, 'function:tell-partner'));
        expect(text).toContain(arn('lambda', region, 'function:orders-switch'));
      }
    });

    test.each<[string, Partial<Record<keyof SwitchCustomStep, unknown>>, RegExp]>([
      ['no name', { name: '' }, /customSteps\[0\]\.name/],
      ['the name of a step of the drill', { name: 'fence' }, /\.name: a step has that name already.*"fence"/],
      ['the name of an approval', { name: 'approve-switch-database' }, /has that name already/],
      ['no word on what it does', { description: ' ' }, /\.description: says nothing/],
      ['a place that is none', { after: 'nowhere' }, /\.after: not a step of the plan.*"nowhere".*fence/],
      ['a place within a block', { after: 'wait-writer' }, /\.after: not a step of the plan.*"wait-writer"/],
      ['two places', { before: 'fence' }, /\.after: stands in one place/],
      ['half a minute', { timeout: Duration.seconds(30) }, /timeout \(minutes\).*received 0\.5/],
      ['longer than it may take', { expected: Duration.minutes(6) }, /expected: longer than the timeout/],
      ['one Region', { functions: { [EAST]: TELL.functions[EAST] } }, /functions\.us-west-2: missing/],
      [
        'a function of the other Region',
        { functions: { [EAST]: TELL.functions[EAST], [WEST]: TELL.functions[EAST] } },
        /functions\.us-west-2: a function of us-east-2.*the function in us-west-2/,
      ],
      [
        'what is no function',
        { functions: each(region => arn('sns', region, 'topic')) },
        /functions\.us-east-2: not the ARN of a function/,
      ],
    ])('refuse %s', (_what, change, message) => {
      const customSteps = [{ ...TELL, ...change } as SwitchCustomStep];
      expect(() => build(() => ({ customSteps }))).toThrow(message);
    });

    test('count against the promised time', () => {
      const promise = (expected?: Duration) => ({
        recoveryTimeObjective: Duration.minutes(6),
        customSteps: [{ ...TELL, expected }],
      });
      expect(() => build(() => promise())).toThrow(/budget is \d+ s, 300 s of them by customSteps/);
      expect(() => build(() => promise(Duration.seconds(10)))).not.toThrow();
    });
  });

  test('of active-active also deactivate each Region', () => {
    const flows = workflowsOf({ approach: 'activeActive' });
    expect(flows.map(flow => [flow.WorkflowTargetAction, flow.WorkflowTargetRegion])).toEqual([
      ['deactivate', EAST],
      ['activate', WEST],
      ['deactivate', WEST],
      ['activate', EAST],
    ]);
  });

  test('turn no Route 53 check and start by no trigger: the register decides, and a person', () => {
    const text = JSON.stringify(workflowsOf());
    expect(text).not.toMatch(/Route53|ARCRoutingControl/);
    Template.fromStack(build().stack).hasResourceProperties('AWS::ARCRegionSwitch::Plan', {
      Name: 'orders-switch',
      Regions: [EAST, WEST],
      PrimaryRegion: EAST,
      RecoveryApproach: 'activePassive',
      Triggers: Match.absent(),
      AssociatedAlarms: {
        [`health-${EAST}`]: { AlarmType: 'applicationHealth' },
        [`health-${WEST}`]: { AlarmType: 'applicationHealth' },
      },
    });
  });
});

test.each([
  { action: 'activate' as const, region: WEST, at: WEST },
  { action: 'activate' as const, region: EAST, at: EAST },
  { action: 'deactivate' as const, region: EAST, at: WEST },
  { action: 'deactivate' as const, region: WEST, at: EAST },
])('to $action $region, start it in $at', ({ action, region, at }) => {
  expect(build().built.startIn(action, region)).toBe(at);
});

test('who starts a plan may not approve it, and who approves may not start it', () => {
  const { stack, built } = build();
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
  built.grantStart(role('Starter'));
  built.grantApprove(role('Approver'));
  const template = Template.fromStack(stack);
  const allowed = (id: string): string[] => {
    const Roles = [{ Ref: Match.stringLikeRegexp(`^${id}`) }];
    const found = Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles } }));
    const statements = found.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const plan = { 'Fn::GetAtt': [expect.stringMatching(/^SwitchPlan/), 'Arn'] };
    expect(statements).toEqual([expect.objectContaining({ Effect: 'Allow', Resource: plan })]);
    return statements[0].Action.map((action: string) => action.replace('arc-region-switch:', ''));
  };
  const start = allowed('Starter');
  const approve = allowed('Approver');
  expect(start).toEqual(expect.arrayContaining(['StartPlanExecution', 'CancelPlanExecution']));
  expect(start).not.toContain('ApprovePlanExecutionStep');
  expect(approve).toContain('ApprovePlanExecutionStep');
  expect(approve).not.toContain('StartPlanExecution');
  // `GetPlan` asks the control plane, which has one home.
  expect([...start, ...approve]).not.toContain('GetPlan');
});

describe('the role', () => {
  const actionsOf = (change: Partial<RegionSwitchProps>) =>
    Object.values(Template.fromStack(build(() => change).stack).findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) =>
        (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(
          ({ Action }) => Action,
        ),
    );

  test('may do the plan’s steps and call no global control plane', () => {
    const actions = actionsOf({ groups: GROUPS });
    expect(actions).toEqual(expect.arrayContaining(['lambda:InvokeFunction', 'rds:SwitchoverGlobalCluster']));
    expect(actions.filter(action => /^(iam|route53|organizations):|\*/.test(action))).toEqual([]);
  });

  test('may lose data only where that is allowed', () => {
    expect(actionsOf({})).not.toContain('rds:FailoverGlobalCluster');
    const database = { ...PROPS.database, allowDataLoss: true };
    expect(actionsOf({ database })).toContain('rds:FailoverGlobalCluster');
  });

  test.each([
    'iam:PassRole',
    'route53:ChangeResourceRecordSets',
    'organizations:ListAccounts',
    's3:CreateBucket',
    'elasticloadbalancing:CreateRule',
    'Route53:Get*',
    '*',
  ])('of yours that may %s is refused at synth', action => {
    const app = new App();
    build(scope => {
      const executionRole = new iam.Role(scope, 'Own', { assumedBy: new iam.ServicePrincipal('lambda') });
      executionRole.addToPolicy(new iam.PolicyStatement({ actions: [action], resources: ['*'] }));
      return { executionRole };
    }, app);
    expect(() => app.synth()).toThrow(/executionRole: calls a global control plane/);
  });

  test('of yours is read in its inline policies too, and what it denies is no fault', () => {
    const withInline = (effect: iam.Effect) => {
      const app = new App();
      build(scope => {
        const statement = new iam.PolicyStatement({ effect, actions: ['iam:GetRole'], resources: ['*'] });
        return {
          executionRole: new iam.Role(scope, 'Own', {
            assumedBy: new iam.ServicePrincipal('lambda'),
            inlinePolicies: { own: new iam.PolicyDocument({ statements: [statement] }) },
          }),
        };
      }, app);
      return () => app.synth();
    };
    expect(withInline(iam.Effect.ALLOW)).toThrow(/iam:GetRole/);
    expect(withInline(iam.Effect.DENY)).not.toThrow();
  });

  test('from elsewhere cannot be checked, and a warning says so', () => {
    const { stack } = build(scope => ({
      executionRole: iam.Role.fromRoleArn(scope, 'Elsewhere', 'arn:test:iam::000000000000:role/switch'),
    }));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('was not checked'));
  });

  test('passes AwsSolutions', () => {
    const app = new App();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    build(() => ({ groups: GROUPS }), app);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('refuses', () => {
  const [there, back] = PROPS.plans;

  test.each<[string, Partial<RegionSwitchProps>, RegExp]>([
    ['a name of 33 characters', { name: 'x'.repeat(33) }, /name:.*32 letters/],
    ['a name that ends in a hyphen', { name: 'orders-' }, /name:.*"orders-"/],
    [
      'a plan that is not the way back',
      { plans: [there, there] },
      /plans\[1\]: not the way back.*two Regions/,
    ],
    ['a third Region', { plans: [there, plan(WEST, 'us-east-1')] }, /plans\[1\]: not the way back/],
    ['a plan to itself', { plans: [plan(EAST, EAST), plan(EAST, EAST)] }, /plans\[0\]\.to/],
    [
      'a plan of the lab',
      { plans: [plan(EAST, WEST, 10), back] },
      /plans\[0\]\.timeScale: a plan of the lab/,
    ],
    ['a plan without steps', { plans: [{ ...there, steps: [] }, back] }, /plans\[0\]\.steps/],
    [
      'plans of two applications',
      { plans: [there, { ...back, application: 'other' }] },
      /plans\[1\]\.application/,
    ],
    [
      'a function of another Region',
      { actions: { ...PROPS.actions, [WEST]: arn('lambda', EAST, 'function:orders-switch') } },
      /actions\.us-west-2: a function of us-east-2/,
    ],
    ['no function in one Region', { actions: { [EAST]: 'x' } }, /actions\.us-west-2: missing/],
    [
      'a cluster of a third Region',
      { database: { ...PROPS.database, clusterArns: { ...PROPS.database.clusterArns, 'eu-west-1': 'x' } } },
      /database\.clusterArns\.eu-west-1: not a Region of the plan/,
    ],
    ['no alarm in one Region', { healthAlarms: { [WEST]: 'x' } }, /healthAlarms\.us-east-2: missing/],
    ['a group of one Region', { groups: [{ [EAST]: 'x' }] }, /groups\[0\]\.us-west-2: missing/],
    ['no group at all', { groups: [] }, /groups: no group to raise/],
    [
      'a time shorter than the plan’s own budget',
      { recoveryTimeObjective: Duration.minutes(1) },
      /recoveryTimeObjective: the plan's own budget is \d+ s, received "1 min"/,
    ],
    ['a time of 8 days', { recoveryTimeObjective: Duration.days(8) }, /recoveryTimeObjective:.*1 to 10080/],
    ['half a minute for approval', { approvalTimeout: Duration.seconds(30) }, /approvalTimeout/],
  ])('%s', (_what, change, message) => {
    expect(() => build(() => change)).toThrow(message);
  });
});
