import { RuntimeError, type RuntimeProblem } from '../errors';

/** The numbers of a client, as `holdfast client-policy` writes them from the topology. */
export interface ClientPolicy {
  readonly version: 1;
  readonly dnsCacheSeconds: number;
  readonly requestTimeoutMilliseconds: number;
  readonly deadlineMilliseconds: number;
  readonly retry: {
    readonly attempts: number;
    readonly baseMilliseconds: number;
    readonly capMilliseconds: number;
    readonly budget: { readonly ratio: number; readonly reserve: number };
  };
  readonly hedge: {
    readonly delayMilliseconds: number;
    readonly budget: { readonly ratio: number; readonly reserve: number };
  };
}

/** Name of the variable that carries the policy, as pairs or JSON, to clones and workers. */
export const CLIENT_POLICY_VARIABLE = 'HOLDFAST_CLIENT_POLICY';

/** Path of each number, its least and its greatest value. */
const NUMBERS: readonly (readonly [path: string, minimum: number, maximum: number])[] = [
  ['version', 1, 1],
  ['dnsCacheSeconds', 0, 86_400],
  ['requestTimeoutMilliseconds', 1, 3_600_000],
  ['deadlineMilliseconds', 1, 3_600_000],
  ['retry.attempts', 1, 100],
  ['retry.baseMilliseconds', 1, 3_600_000],
  ['retry.capMilliseconds', 1, 3_600_000],
  ['retry.budget.ratio', 0, 1],
  ['retry.budget.reserve', 0, 10_000],
  ['hedge.delayMilliseconds', 1, 3_600_000],
  ['hedge.budget.ratio', 0, 1],
  ['hedge.budget.reserve', 0, 10_000],
];

/**
 * Reads a policy from JSON, or from `path=number` pairs with commas (what an environment file can hold); unknown fields are of a later version and ignored.
 *
 * @throws RuntimeError `environment` with every problem
 */
export function parseClientPolicy(text: string): ClientPolicy {
  const document = parse(text);
  const problems = NUMBERS.flatMap(([path, minimum, maximum]): RuntimeProblem[] => {
    const received = at(document, path);
    const good = typeof received === 'number' && received >= minimum && received <= maximum;
    const message = received === undefined ? 'is missing' : 'is not a number in range';
    const fix = `give ${minimum} to ${maximum}`;
    return good ? [] : [{ path: `${CLIENT_POLICY_VARIABLE}.${path}`, received, message, fix }];
  });
  if (problems.length > 0) throw new RuntimeError('environment', 'the client policy is not usable', problems);
  return document as ClientPolicy;
}

function parse(text: string): unknown {
  if (/^\w[\w.]*=/.test(text)) return fromPairs(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = {
      path: CLIENT_POLICY_VARIABLE,
      received: text.slice(0, 80),
      message: 'is neither JSON nor pairs',
      fix: 'write it with holdfast client-policy --json',
    };
    throw new RuntimeError('environment', 'the client policy is not usable', [problem], { cause });
  }
}

function fromPairs(text: string): object {
  const document: Record<string, unknown> = Object.create(null);
  for (const pair of text.split(',')) {
    const [path = '', value = ''] = pair.split('=');
    const keys = path.trim().split('.');
    const last = keys.pop() ?? '';
    let inner = document;
    for (const key of keys) {
      if (!isObject(inner[key])) inner[key] = Object.create(null);
      inner = inner[key] as Record<string, unknown>;
    }
    inner[last] = value.trim() === '' ? undefined : Number(value);
  }
  return document;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const at = (document: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], document);
