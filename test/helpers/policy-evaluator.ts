/** Decides as IAM does whether statements allow an action: an explicit Deny wins, and what nothing allows is refused. */

/** A statement of an identity policy, as it stands in a template. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A request to judge. */
export interface PolicyRequest {
  /** Such as `rds:SwitchoverGlobalCluster`. */
  readonly action: string;
  /**
   * Text of the ARN, as the statements spell it.
   * @default - any: a statement matches whatever it is about
   */
  readonly resource?: string;
  /**
   * Condition keys of the request.
   * @default - any: a condition of an Allow counts as met and one of a Deny as unmet, so `allowed` errs to "may"
   */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export type Decision = 'allowed' | 'explicit-deny' | 'implicit-deny';

/**
 * @throws Error for a condition operator that it does not know: an unknown condition must not pass in silence
 */
export function evaluatePolicy(statements: readonly PolicyStatement[], request: PolicyRequest): Decision {
  const applying = statements.filter(statement => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicit-deny';
  return applying.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'implicit-deny';
}

function applies(statement: PolicyStatement, request: PolicyRequest): boolean {
  return (
    names(statement, request.action) && about(statement, request.resource) && conditionMet(statement, request)
  );
}

function names({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const matches = (patterns: string | readonly string[]) =>
    [patterns].flat().some(pattern => like(pattern.toLowerCase(), action.toLowerCase()));
  return Action === undefined ? NotAction !== undefined && !matches(NotAction) : matches(Action);
}

function about({ Resource }: PolicyStatement, resource: string | undefined): boolean {
  return resource === undefined || [Resource].flat().some(pattern => like(String(pattern), resource));
}

function conditionMet({ Effect, Condition = {} }: PolicyStatement, { context }: PolicyRequest): boolean {
  const tests = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat() })),
  );
  if (context === undefined) return tests.length === 0 || Effect === 'Allow';
  return tests.every(({ operator, key, values }) => holds(operator, values, context[key]));
}

function holds(
  operator: string,
  values: readonly string[],
  given: string | readonly string[] | undefined,
): boolean {
  const asked = given === undefined ? [] : [given].flat();
  switch (operator) {
    case 'StringEquals':
      return asked.length > 0 && asked.every(each => values.includes(each));
    case 'StringLike':
      return asked.length > 0 && asked.every(each => values.some(pattern => like(pattern, each)));
    case 'ForAllValues:StringEquals':
      return asked.every(each => values.includes(each));
    default:
      throw new Error(`the evaluator does not know the condition ${operator}`);
  }
}

/** Whether a pattern with `*` and `?` covers a text. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
