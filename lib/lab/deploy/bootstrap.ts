import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { waitFor } from '../wait-for';

/** Newest version of the CDK's bootstrap stack that CDK 2 asks for without session tags. */
const VERSION = '21';
/** Qualifier of the CDK's default synthesizer. */
const QUALIFIER = 'hnb659fds';
/** Milliseconds within which the emulator creates two resources. */
const WITHIN = 30_000;

/** How the control plane of the lab is spoken to. */
export interface ControlPlaneAccess {
  /** The gateway. */
  readonly endpoint: string;
  /** Access key id by which these calls are told apart; not 12 digits, which would name an account. */
  readonly caller: string;
}

/** Where a bootstrap stack stands. */
export interface BootstrapPlace {
  readonly account: string;
  readonly region: string;
}

/**
 * What the CDK's own bootstrap leaves in a Region as far as a deployment looks for it: the assets' bucket and the
 * version. Its roles are left out, since the emulator lets anyone assume any role; `cdk bootstrap` itself takes
 * seconds a Region.
 */
export function bootstrapTemplate({ account, region }: BootstrapPlace): object {
  return {
    Resources: {
      StagingBucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: `cdk-${QUALIFIER}-assets-${account}-${region}` },
      },
      Version: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Name: `/cdk-bootstrap/${QUALIFIER}/version`, Type: 'String', Value: VERSION },
      },
    },
  };
}

/**
 * Prepares a Region of the emulator for the CDK; one that is prepared is left alone.
 *
 * @throws HoldfastError `unavailable` when the stack fails, `timeout` when it never ends
 */
export async function bootstrap(
  access: ControlPlaneAccess,
  place: BootstrapPlace,
  wait: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { endpoint, caller } = access;
  const credentials = { accessKeyId: caller, secretAccessKey: 'lab' };
  const client = new CloudFormationClient({ endpoint, region: place.region, credentials });
  try {
    const TemplateBody = JSON.stringify(bootstrapTemplate(place));
    await client
      .send(new CreateStackCommand({ StackName: 'CDKToolkit', TemplateBody }))
      .catch(ignoreExisting);
    const settings = { ...wait, timeout: WITHIN, interval: 20, what: `the bootstrap of ${place.region}` };
    const status = await waitFor(() => settled(client), settings);
    if (status !== 'CREATE_COMPLETE') {
      throw new HoldfastError('unavailable', `the bootstrap of ${place.region} ended as ${status}`);
    }
  } finally {
    client.destroy();
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AlreadyExistsException')) throw error;
}

async function settled(client: CloudFormationClient): Promise<string | undefined> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
  const status = Stacks?.[0]?.StackStatus;
  return status?.endsWith('_IN_PROGRESS') ? undefined : status;
}
