import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { DescribeKeyCommand, KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { HoldfastError } from '../errors';
import { dataKeyAlias, homeStackName, LAYERS, stackName } from '../naming';
import type { StackState } from '../ports';
import { ask, type Connection } from './clients';

/** Where the CDK's bootstrap keeps its version, with its usual qualifier. */
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** State of the Region's data key; nothing without such a key. */
export function dataKeyState(
  connection: Connection,
  application: string,
  region: string,
): Promise<string | undefined> {
  const command = new DescribeKeyCommand({ KeyId: dataKeyAlias(application) });
  return ask(`describing the data key in ${region}`, async () => {
    try {
      return (await connection.client(KMSClient, region).send(command)).KeyMetadata?.KeyState ?? 'unknown';
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  });
}

/** Version of the bootstrap stack; nothing where the CDK never bootstrapped. */
export function bootstrapVersion(connection: Connection, region: string): Promise<number | undefined> {
  const command = new GetParameterCommand({ Name: BOOTSTRAP_VERSION });
  return ask(`reading ${BOOTSTRAP_VERSION} in ${region}`, async () => {
    try {
      const text = (await connection.client(SSMClient, region).send(command)).Parameter?.Value;
      if (text !== undefined && /^\d+$/.test(text)) return Number(text);
      throw new HoldfastError('unavailable', `${BOOTSTRAP_VERSION} in ${region} is ${JSON.stringify(text)}`);
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  });
}

/** The application's stacks by their agreed names, with the data of one home where there are homes; others are left out. */
export function stacks(
  connection: Connection,
  { application, home }: { readonly application: string; readonly home?: string },
  region: string,
): Promise<readonly StackState[]> {
  const layers = LAYERS.map(layer => stackName(application, layer));
  const names = new Set([...layers, homeStackName(application, home)]);
  const client = connection.client(CloudFormationClient, region);
  return ask(`describing stacks in ${region}`, async () => {
    const found: StackState[] = [];
    for await (const page of paginateDescribeStacks({ client }, {})) {
      for (const { StackName = '', StackStatus = '' } of page.Stacks ?? []) {
        if (names.has(StackName)) found.push({ name: StackName, status: StackStatus });
      }
    }
    return found;
  });
}
