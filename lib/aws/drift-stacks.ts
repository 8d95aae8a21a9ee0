import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Parameter,
  paginateListExports,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { DeployedParameter, StackReads, StackResource } from '../drift';
import { HoldfastError } from '../errors';
import { ask, type Connection } from './clients';

/** Names that one call to `GetParameters` takes. */
const NAMES_A_CALL = 10;

/** Deployed stacks, read by CloudFormation's own API. */
export function stackReads(connection: Connection): StackReads {
  const client = (region: string) => connection.client(CloudFormationClient, region);
  let account: string | undefined;
  return {
    account: region =>
      ask('asking whose credentials these are', async () => {
        if (account !== undefined) return account;
        const answer = await connection.client(STSClient, region).send(new GetCallerIdentityCommand({}));
        account = answer.Account;
        return account ?? '';
      }),
    describe: (region, stack) =>
      ask(`describing ${stack} in ${region}`, async () => {
        try {
          const command = new DescribeStacksCommand({ StackName: stack });
          const [found] = (await client(region).send(command)).Stacks ?? [];
          if (found?.StackId === undefined) return undefined;
          const parameters = new Map((found.Parameters ?? []).flatMap(parameterOf));
          return { arn: found.StackId, status: found.StackStatus ?? 'unknown', parameters };
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    template: (region, stack) =>
      ask(`reading the template of ${stack} in ${region}`, async () => {
        const command = new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' });
        const text = (await client(region).send(command)).TemplateBody;
        if (text !== undefined) return text;
        throw new HoldfastError('unavailable', `no template came of ${stack} in ${region}`);
      }),
    resources: (region, stack) => listResources(connection, region, stack),
    exports: region =>
      ask(`listing exports of ${region}`, async () => {
        const found = new Map<string, string>();
        for await (const { Exports = [] } of paginateListExports({ client: client(region) }, {})) {
          for (const { Name, Value } of Exports) if (Name !== undefined) found.set(Name, Value ?? '');
        }
        return found;
      }),
    parameters: (region, names) =>
      ask(`reading parameters in ${region}`, async () => {
        const found = new Map<string, string>();
        for (let at = 0; at < names.length; at += NAMES_A_CALL) {
          const command = new GetParametersCommand({ Names: names.slice(at, at + NAMES_A_CALL) });
          const { Parameters = [] } = await connection.client(SSMClient, region).send(command);
          for (const { Name, Value } of Parameters) {
            if (Name !== undefined && Value !== undefined) found.set(Name, Value);
          }
        }
        return found;
      }),
  };
}

function listResources(
  connection: Connection,
  region: string,
  stack: string,
): Promise<readonly StackResource[]> {
  const client = connection.client(CloudFormationClient, region);
  return ask(`listing resources of ${stack} in ${region}`, async () => {
    const found: StackResource[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      for (const each of page.StackResourceSummaries ?? []) {
        if (each.ResourceStatus === 'DELETE_COMPLETE') continue;
        const physical = each.PhysicalResourceId;
        found.push({
          id: each.LogicalResourceId ?? '',
          type: each.ResourceType ?? '',
          ...(physical === undefined || physical === '' ? {} : { physicalId: physical }),
        });
      }
    }
    return found;
  });
}

function parameterOf({
  ParameterKey,
  ParameterValue,
  ResolvedValue,
}: Parameter): [string, DeployedParameter][] {
  if (ParameterKey === undefined) return [];
  const resolved = ResolvedValue === undefined ? {} : { resolved: ResolvedValue };
  return [[ParameterKey, { value: ParameterValue ?? '', ...resolved }]];
}

/** CloudFormation calls a stack that is not there a `ValidationError`, as it does everything else. */
const isAbsent = (error: unknown): boolean => error instanceof Error && /does not exist/.test(error.message);
