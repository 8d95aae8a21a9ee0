import { HoldfastError } from '../../errors';
import { LAB_CALLER } from './clients';

/** Environment of a deployed function. */
export type FunctionEnvironment = Readonly<Record<string, string>>;

interface FunctionList {
  readonly Functions?: readonly { readonly Environment?: { readonly Variables?: FunctionEnvironment } }[];
}

/**
 * Environments of a Region's deployed functions. Asked without an SDK client, which the toolkit needs for nothing else.
 * @throws HoldfastError `unavailable`
 */
export async function readFunctions(
  endpoint: string,
  region: string,
): Promise<readonly FunctionEnvironment[]> {
  const credential = `${LAB_CALLER}/20000101/${region}/lambda/aws4_request`;
  const response = await fetch(`${endpoint}/2015-03-31/functions/?MaxItems=50`, {
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` },
  });
  if (!response.ok) throw new HoldfastError('unavailable', `cannot list functions: HTTP ${response.status}`);
  const { Functions = [] } = (await response.json()) as FunctionList;
  return Functions.map(found => found.Environment?.Variables ?? {});
}

/** Environment of a gate's function, found by the memory that it names. */
export const gateEnvironment = (
  functions: readonly FunctionEnvironment[],
  memory: string,
): FunctionEnvironment | undefined => functions.find(variables => variables.HOLDFAST_GATE_MEMORY === memory);
