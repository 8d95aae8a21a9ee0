import { HoldfastError } from '../../errors';
import { gateMemoryName } from '../../naming';
import { LAB_CALLER } from './clients';

interface FunctionList {
  readonly Functions?: readonly {
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  }[];
}

/**
 * Environment of the gate's deployed function in a Region, found by the memory that it names; undefined while it is
 * not deployed. Asked without an SDK client, which the toolkit needs for nothing else.
 * @throws HoldfastError `unavailable`
 */
export async function readGateEnvironment(
  endpoint: string,
  region: string,
  application: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const credential = `${LAB_CALLER}/20000101/${region}/lambda/aws4_request`;
  const response = await fetch(`${endpoint}/2015-03-31/functions/?MaxItems=50`, {
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` },
  });
  if (!response.ok) throw new HoldfastError('unavailable', `cannot list functions: HTTP ${response.status}`);
  const { Functions = [] } = (await response.json()) as FunctionList;
  return Functions.map(found => found.Environment?.Variables ?? {}).find(
    variables => variables.HOLDFAST_GATE_MEMORY === gateMemoryName(application),
  );
}
