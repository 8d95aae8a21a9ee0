import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import { HoldfastError } from '../../errors';
import type { RegionClients } from './clients';
import type { LaunchFacts } from './user-data';

/**
 * What an instance that starts now runs: the build that a release has named, else the template's. As a booting clone has it:
 * only "there is none" leads to the template's.
 * @throws HoldfastError `invalid-input` when the parameter names no build
 */
export async function released({ ssm }: RegionClients, launch: LaunchFacts): Promise<LaunchFacts> {
  if (launch.buildParameter === undefined) return launch;
  try {
    const answer = await ssm.send(new GetParameterCommand({ Name: launch.buildParameter }));
    const text = answer.Parameter?.Value ?? '';
    if (text === 'template') return launch;
    const [, key, sha256] = /^([A-Za-z0-9._/-]+) ([0-9a-f]{64})$/.exec(text) ?? [];
    if (key === undefined || sha256 === undefined) {
      throw new HoldfastError('invalid-input', `${launch.buildParameter} names no build: ${text}`);
    }
    return { ...launch, artifact: { ...launch.artifact, key, sha256 } };
  } catch (error) {
    if (error instanceof ParameterNotFound) return launch;
    throw error;
  }
}
