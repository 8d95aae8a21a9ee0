import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  type Action,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  ListenerNotFoundException,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {
  type ColourWeights,
  type FloorPort,
  parseFloor,
  parseWeights,
  type WeightsPort,
} from './live-settings';

/** The Region, and in tests another endpoint. */
export interface AwsConnection {
  readonly region: string;
  readonly endpointUrl?: string;
  /** @default - the SDK's own chain */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const clientOf = ({ region, endpointUrl, credentials }: AwsConnection) => ({
  region,
  endpoint: endpointUrl,
  credentials,
  maxAttempts: 4,
});

/** A parameter as text; `undefined` when it does not exist. */
async function readParameter(client: SSMClient, Name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetParameterCommand({ Name }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

/** Weights stored in a parameter and carried by the default action of a listener. */
export function awsWeights(
  connection: AwsConnection,
  carrier: {
    readonly parameter: string;
    readonly listenerArn: string;
    readonly targetGroupArns: Readonly<Record<keyof ColourWeights, string>>;
  },
): WeightsPort {
  const ssm = new SSMClient(clientOf(connection));
  const balancing = new ElasticLoadBalancingV2Client(clientOf(connection));
  const actions = async (): Promise<readonly Action[] | undefined> => {
    try {
      const command = new DescribeListenersCommand({ ListenerArns: [carrier.listenerArn] });
      return (await balancing.send(command)).Listeners?.[0]?.DefaultActions;
    } catch (error) {
      if (error instanceof ListenerNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    async stored() {
      const text = await readParameter(ssm, carrier.parameter);
      return text === undefined ? undefined : parseWeights(text);
    },
    async bear(weights) {
      try {
        const Value = JSON.stringify(weights);
        await ssm.send(new PutParameterCommand({ Name: carrier.parameter, Value, Type: 'String' }));
      } catch (error) {
        if (!(error instanceof ParameterAlreadyExists)) throw error;
      }
    },
    live: async () => weightsOf(await actions(), carrier.targetGroupArns),
    async apply(weights) {
      const forward = {
        TargetGroups: Object.entries(carrier.targetGroupArns).map(([colour, TargetGroupArn]) => ({
          TargetGroupArn,
          Weight: weights[colour as keyof ColourWeights],
        })),
      };
      const DefaultActions = [{ Type: 'forward', ForwardConfig: forward } as const];
      await balancing.send(new ModifyListenerCommand({ ListenerArn: carrier.listenerArn, DefaultActions }));
    },
  };
}

/** Weights of a listener that forwards by default; a target group that it does not name has none. */
export function weightsOf(
  actions: readonly Action[] | undefined,
  targetGroupArns: Readonly<Record<keyof ColourWeights, string>>,
): ColourWeights | undefined {
  const groups = actions?.find(action => action.Type === 'forward')?.ForwardConfig?.TargetGroups;
  if (groups === undefined) return undefined;
  const weight = (arn: string) => groups.find(group => group.TargetGroupArn === arn)?.Weight ?? 0;
  return { blue: weight(targetGroupArns.blue), green: weight(targetGroupArns.green) };
}

/** A floor stored in a parameter and carried by the smallest size of a group. */
export function awsFloor(connection: AwsConnection, parameter: string, groupName: string): FloorPort {
  const ssm = new SSMClient(clientOf(connection));
  const scaling = new AutoScalingClient(clientOf(connection));
  return {
    async stored() {
      const text = await readParameter(ssm, parameter);
      return text === undefined ? undefined : parseFloor(text);
    },
    async live() {
      const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] });
      const [group] = (await scaling.send(command)).AutoScalingGroups ?? [];
      return group === undefined ? undefined : { minimum: group.MinSize ?? 0, maximum: group.MaxSize ?? 0 };
    },
    async raise(minimum) {
      const input = { AutoScalingGroupName: groupName, MinSize: minimum };
      await scaling.send(new UpdateAutoScalingGroupCommand(input));
    },
  };
}

/** Id and status of a stack; `undefined` when there is none. */
export function awsStack(connection: AwsConnection, stackName: string) {
  const client = new CloudFormationClient(clientOf(connection));
  return async (): Promise<{ readonly id: string; readonly status: string } | undefined> => {
    try {
      const [stack] = (await client.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks ?? [];
      if (stack?.StackId === undefined || stack.StackStatus === undefined) return undefined;
      return { id: stack.StackId, status: stack.StackStatus };
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  };
}
