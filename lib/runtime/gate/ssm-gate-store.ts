import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { limited } from '../limit';
import type { GateMemory, GateStore } from './gate';

/** Where a gate's memory is. */
export interface SsmGateStoreOptions {
  readonly region: string;
  readonly parameter: string;
  readonly endpointUrl?: string;
  /** A call that takes longer fails, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Keeps a gate's last answer in one parameter of its own Region's Parameter Store. */
export function ssmGateStore(options: SsmGateStoreOptions): GateStore {
  const { parameter: Name, timeoutMilliseconds } = options;
  const client = new SSMClient({
    region: options.region,
    endpoint: options.endpointUrl,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: timeoutMilliseconds },
  });
  return {
    async load() {
      try {
        const { Parameter } = await limited(timeoutMilliseconds, abortSignal =>
          client.send(new GetParameterCommand({ Name }), { abortSignal }),
        );
        return parseMemory(Parameter?.Value);
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    async save(memory) {
      const Value = JSON.stringify(memory);
      const command = new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true });
      await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
    },
  };
}

/** The memory in a parameter's text; `undefined` when it holds none, as at birth. */
export function parseMemory(text: string | undefined): GateMemory | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<GateMemory> | null;
    if (typeof value?.active !== 'boolean' || !Number.isSafeInteger(value.epoch)) return undefined;
    return { active: value.active, epoch: value.epoch as number };
  } catch {
    return undefined;
  }
}
