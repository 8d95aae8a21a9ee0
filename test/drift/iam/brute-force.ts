import type { Json } from '../../../lib/drift/model';

/** Values of the tokens of a policy, by their JSON. */
export type Tokens = Readonly<Record<string, string>>;

/** One request: its key `k` has a value or is not there. */
interface Request {
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly k: string | undefined;
}

type Statement = Readonly<Record<string, Json>>;

/** Every text of up to `length` of the letters. */
export function texts(letters: string, length: number): string[] {
  const all = [''];
  for (let from = 0, round = 0; round < length; round += 1) {
    const end = all.length;
    for (; from < end; from += 1) for (const letter of letters) all.push(`${all[from]}${letter}`);
  }
  return all;
}

/**
 * Whether any request of the universe comes through the new policy, beside any others, that did not come through the
 * old one: told by asking them all, one by one.
 */
export function broaderByForce(
  before: readonly Statement[],
  after: readonly Statement[],
  universe: Readonly<Record<'action' | 'resource' | 'principal', readonly string[]>>,
  tokens: Tokens,
): boolean {
  const all = [...before, ...after];
  // Requests that all statements take alike are asked once.
  const kinds = (side: 'action' | 'resource' | 'principal', name: string) => {
    const seen = new Map<string, string>();
    for (const text of universe[side]) {
      seen.set(all.map(statement => Number(takesSide(statement, name, text, tokens))).join(''), text);
    }
    return [...seen.values()];
  };
  const principals = kinds('principal', 'Principal');
  const resources = kinds('resource', 'Resource');
  for (const action of kinds('action', 'Action')) {
    for (const resource of resources) {
      for (const principal of principals) {
        for (const k of [undefined, '1', '2', '12', '3']) {
          const request = { action, resource, principal, k };
          const any = (policy: readonly Statement[], effect: string) =>
            policy.some(each => each.Effect === effect && takes(each, request, tokens));
          if (any(after, 'Deny')) continue;
          if (any(before, 'Deny') || (any(after, 'Allow') && !any(before, 'Allow'))) return true;
        }
      }
    }
  }
  return false;
}

function takes(statement: Statement, request: Request, tokens: Tokens): boolean {
  return (
    takesSide(statement, 'Action', request.action, tokens) &&
    takesSide(statement, 'Resource', request.resource, tokens) &&
    takesSide(statement, 'Principal', request.principal, tokens) &&
    fulfils(statement.Condition as Readonly<Record<string, { k: Json }>> | undefined, request.k)
  );
}

function takesSide(statement: Statement, name: string, text: string, tokens: Tokens): boolean {
  const [plain, inverted] = [statement[name], statement[`Not${name}`]];
  const value = plain ?? inverted;
  if (value === undefined) return true;
  const list = (Array.isArray(value) ? value : [value]) as readonly Json[];
  const hit = list.some(item => {
    const pattern = typeof item === 'string' ? item : (tokens[JSON.stringify(item)] as string);
    return matches(pattern, text, name === 'Action');
  });
  return hit === (plain !== undefined);
}

const known = new Map<string, RegExp>();
function matches(pattern: string, text: string, anyCase: boolean): boolean {
  const key = `${pattern} ${anyCase}`;
  const regex =
    known.get(key) ??
    new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, anyCase ? 'i' : '');
  known.set(key, regex);
  return regex.test(text);
}

function fulfils(
  condition: Readonly<Record<string, { k: Json }>> | undefined,
  k: string | undefined,
): boolean {
  return Object.entries(condition ?? {}).every(([operator, { k: given }]) => {
    const values = (Array.isArray(given) ? given : [given]) as readonly string[];
    const any = (test: (value: string) => boolean) => k !== undefined && values.some(test);
    switch (operator) {
      case 'StringEquals':
        return any(value => value === k);
      case 'StringNotEquals':
        return !any(value => value === k);
      case 'StringEqualsIfExists':
        return k === undefined || any(value => value === k);
      case 'StringLike':
        return any(value => matches(value, k as string, false));
      case 'StringNotLike':
        return !any(value => matches(value, k as string, false));
      case 'Null':
        return (k === undefined) === (values[0] === 'true');
      default:
        throw new Error(operator);
    }
  });
}
