import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { HoldfastError } from '../errors';
import { ask, Connection, type ConnectionOptions } from './clients';

const schema = z.object({
  endpoints: z.array(z.object({ region: z.string(), url: z.string() })).min(1),
  controls: z.record(z.string(), z.string()),
});

/** Endpoints of a cluster and the routing control of each Region, as `FailoverDns` keeps them in each Region. */
export type ControlSettings = z.infer<typeof schema>;

/**
 * Reads them from one Region's Parameter Store.
 * @throws HoldfastError `not-found` without such a parameter, `invalid-input` when it holds something else
 */
export async function readControlSettings(
  options: ConnectionOptions,
  region: string,
  parameter: string,
): Promise<ControlSettings> {
  const connection = new Connection(options);
  try {
    const { Parameter } = await ask(`reading ${parameter} in ${region}`, () =>
      connection.client(SSMClient, region).send(new GetParameterCommand({ Name: parameter })),
    );
    const read = schema.safeParse(parsed(Parameter?.Value));
    if (read.success) return read.data;
    throw new HoldfastError('invalid-input', `${parameter} in ${region} holds no routing controls`, [
      {
        path: read.error.issues[0]?.path.join('.') || parameter,
        message: read.error.issues[0]?.message ?? 'is not JSON',
        fix: 'name the parameter that FailoverDns was given as turn.parameterName',
      },
    ]);
  } finally {
    connection.close();
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
