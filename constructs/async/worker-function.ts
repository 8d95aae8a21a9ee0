import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { buildOutput } from '../compute/build-output';
import type { IRegister } from '../data/register-access';
import { acknowledge } from '../policy/acknowledge';

/** Where the work's layer lies in a function. */
const WORK_MODULE = '/opt/work.cjs';

/** What a worker's function runs, and under which conditions. */
export interface WorkerFunctionOptions {
  /**
   * Your work: a folder with a `work.cjs` that exports `work`. The handler that calls it keeps the order, reports the
   * failures and asks the register.
   */
  readonly work: lambda.Code;
  /**
   * The register: the function works only while it names this Region active, and hands everything back otherwise.
   * @default - works in every Region, as an invalidator of a Region's own cache has to
   */
  readonly register?: IRegister;
  /**
   * Memory in MiB, 128 to 10240; processor time comes with it.
   * @default 512
   */
  readonly memoryMiB?: number;
  /**
   * Environment of the work. Names that begin with `HOLDFAST_` are the handler's own; those that its construct sets
   * stand over what is given here.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Network of the function, for work on a database or a cache.
   * @default - none
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets in that network.
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Code of the handler, with `index.handler`.
   * @default - the handler built by `npm run build`
   */
  readonly handlerCode?: lambda.Code;
}

/** A worker's function, as its construct declares it. */
export interface WorkerFunctionProps extends Omit<WorkerFunctionOptions, 'work'> {
  /** Folder of the handler below `dist/bundles`. */
  readonly bundle: 'queue-worker' | 'stream-worker' | 'change-feed';
  /** @default - the handler brings its own work */
  readonly work?: lambda.Code;
  readonly description: string;
  readonly timeout: Duration;
  /** Environment of the handler. */
  readonly handlerEnvironment?: Readonly<Record<string, string>>;
}

/** Declares the function of a worker: its log, its role and the layer with the work. */
export function declareWorkerFunction(parent: Construct, props: WorkerFunctionProps): lambda.Function {
  const scope = new Construct(parent, 'Function');
  const role = functionRole(scope, props.description, props.vpc !== undefined);
  props.register?.grantRead(role);
  const {
    handlerCode = lambda.Code.fromAsset(buildOutput(`bundles/${props.bundle}`), { exclude: ['*.map'] }),
  } = props;
  return declareFunction(scope, role, {
    description: props.description,
    handler: 'index.handler',
    code: handlerCode,
    layers: props.work === undefined ? [] : [workLayer(scope, props.work)],
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets,
    memorySize: props.memoryMiB ?? 512,
    timeout: props.timeout,
    environment: {
      ...props.environment,
      ...(props.work === undefined ? {} : { HOLDFAST_WORK_MODULE: WORK_MODULE }),
      ...(props.register === undefined ? {} : { HOLDFAST_REGISTER_TABLE: props.register.tableName }),
      ...props.handlerEnvironment,
    },
  });
}

function workLayer(scope: Construct, code: lambda.Code): lambda.LayerVersion {
  return new lambda.LayerVersion(scope, 'Work', {
    description: `Work of ${scope.node.path}`,
    code,
    compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Declares a function with run time, traces, and a log of its own that ends after a month. */
export function declareFunction(
  scope: Construct,
  role: iam.Role,
  props: Omit<lambda.FunctionProps, 'runtime' | 'role'>,
): lambda.Function {
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  logGroup.grantWrite(role);
  const declared = new lambda.Function(scope, 'Handler', {
    ...props,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    role,
    logGroup,
  });
  // Not by `tracing`, which would put what knows no resource into the role's own policy.
  (declared.node.defaultChild as lambda.CfnFunction).tracingConfig = { mode: 'Active' };
  return declared;
}

/** A role without managed policies. What it needs without a resource is granted, and acknowledged, apart. */
export function functionRole(scope: Construct, description: string, inVpc = false): iam.Role {
  const role = new iam.Role(scope, 'Role', { description, assumedBy: new iam.ServicePrincipal('lambda') });
  grantWithoutResource(role, 'Tracing', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
  if (inVpc) grantInterfaces(role);
  return role;
}

/** Lets a role place network interfaces, which Lambda asks for without a resource. */
export function grantInterfaces(role: iam.Role): void {
  if (role.node.tryFindChild('Interfaces') !== undefined) return;
  grantWithoutResource(role, 'Interfaces', [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeVpcs',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]);
}

function grantWithoutResource(role: iam.Role, id: string, actions: readonly string[]): void {
  const policy = new iam.Policy(role, id, {
    statements: [new iam.PolicyStatement({ actions: [...actions], resources: ['*'] })],
  });
  policy.attachToRole(role);
  acknowledge(
    policy,
    'AwsSolutions-IAM5[Resource::*]',
    'Traces and network interfaces of a function know no resource when it is made; the actions do nothing else.',
  );
}
