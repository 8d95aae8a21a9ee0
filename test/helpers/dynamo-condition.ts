// Judges DynamoDB's condition expressions, as far as comparisons, AND, OR, brackets and attribute_not_exists go.

/** The parts of a request that make a condition. */
export interface Input {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, Value>>;
}
type Value = { readonly S?: string; readonly N?: string };

/** Whether an item, empty when it is not there, meets the condition. Anything unknown throws. */
export function holds(input: Input, item: Readonly<Record<string, Value>>): boolean {
  const tokens = input.ConditionExpression?.match(/attribute_not_exists|[#:]?\w+|<=|[()<=]/g) ?? [];
  if (tokens.length === 0) return true;
  let place = 0;
  const take = (expected?: string): string => {
    const token = tokens[place++] ?? '';
    if (expected !== undefined && token !== expected) throw new Error(`${token} instead of ${expected}`);
    return token;
  };
  const operand = (token: string): Value | undefined => {
    if (token.startsWith(':')) return input.ExpressionAttributeValues?.[token];
    return item[input.ExpressionAttributeNames?.[token] ?? token];
  };
  const term = (): boolean => {
    const token = take();
    if (token === '(') {
      const inner = either();
      take(')');
      return inner;
    }
    if (token === 'attribute_not_exists') {
      take('(');
      const missing = operand(take()) === undefined;
      take(')');
      return missing;
    }
    return compare(operand(token), take(), operand(take()));
  };
  const both = (): boolean => {
    let result = term();
    while (tokens[place] === 'AND') result = [take(), term()][1] === true && result;
    return result;
  };
  const either = (): boolean => {
    let result = both();
    while (tokens[place] === 'OR') result = [take(), both()][1] === true || result;
    return result;
  };
  const result = either();
  if (place !== tokens.length) throw new Error(`not understood: ${input.ConditionExpression}`);
  return result;
}

function compare(left: Value | undefined, operator: string, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const [a, b] = left.N === undefined ? [left.S ?? '', right.S ?? ''] : [Number(left.N), Number(right.N)];
  if (operator === '=') return a === b;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  throw new Error(`no operator ${operator}`);
}
