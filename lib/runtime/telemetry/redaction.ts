const MASK = '***';
/** Deeper than this, nothing is shown. */
const DEEPEST = 10;

const SECRET_NAME =
  /pass(?:word|wd|phrase)|secret|token|authorization|credential|(?:access|api|private|account).?key|signature|cookie|\bpwd\b/i;
const NAME =
  '(?:pass(?:word|wd|phrase)|pwd|secret|[\\w-]*token|api[-_]?key|secret[-_]?access[-_]?key|signature)';

/** What a secret looks like, wherever it stands, and what is left of it. */
const SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
  // A key in PEM, also one that was cut off.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, MASK],
  // User and password in front of a host; either may hold an @.
  [/(\b[a-z][\w+.-]*:\/\/)[^\s/?#"'<>]*@/gi, `$1${MASK}@`],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${MASK}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  // A JSON web token, or its first two parts.
  [/\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?/g, MASK],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, MASK],
  // A secret access key: 40 of base64 with both cases and a digit, which no hash in hexadecimal has.
  [/(?<![\w/+=])(?=[\w/+]*[A-Z])(?=[\w/+]*[a-z])(?=[\w/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/g, MASK],
  // "password": "x", password=x, token: x; also where the quotes are escaped, or the end was cut off.
  [
    new RegExp(
      `(\\b${NAME}\\\\*["']?\\s*[=:]\\s*)(?:\\\\*"(?:[^"\\\\]|\\\\.)*(?:"|$)|'[^']*(?:'|$)|[^\\s,;&"'}]+)`,
      'gi',
    ),
    `$1${MASK}`,
  ],
];

/** Whether any of the shapes is possible at all: one cheap look, since most texts hold nothing. */
const SUSPICIOUS =
  /-----BEGIN|:\/\/|X-Amz-|bearer|basic|eyJ|A(?:KI|SI|BI|CC)A|[A-Za-z0-9/+]{40}|pass|pwd|secret|token|api[-_]?key|signature/i;
/** Shorter than `pwd=x` no text holds a secret that can be told. */
const SHORTEST = 5;

/** A text without the secrets that are known by their shape. */
export function redactText(text: string): string {
  if (text.length < SHORTEST || !SUSPICIOUS.test(text)) return text;
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

/** Whether what is named so is a secret, whatever it holds. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Keys are few and come again in every line; what is known of one is kept. */
const KNOWN_KEYS = new Map<string, { readonly secret: boolean; readonly shown: string }>();
const MOST_KEYS = 2000;

function keyOf(name: string): { readonly secret: boolean; readonly shown: string } {
  const known = KNOWN_KEYS.get(name);
  if (known !== undefined) return known;
  const key = { secret: isSecretName(name), shown: redactText(name) };
  if (KNOWN_KEYS.size < MOST_KEYS && name.length <= 64) KNOWN_KEYS.set(name, key);
  return key;
}

/**
 * A copy for logs, spans and metrics: secrets are hidden by the name of their key and by their shape, in texts, keys,
 * nested values, errors and the causes of errors. What refers to itself, or cannot be read, does not throw.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, []);
}

function copy(value: unknown, depth: number, above: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (above.includes(value)) return '[circular]';
  const within = [...above, value];
  try {
    if (value instanceof Error) return ofError(value, depth, within);
    if (Array.isArray(value)) return value.map(item => copy(item, depth + 1, within));
    if (value instanceof Map)
      return ofEntries(
        [...value].map(([key, item]) => [String(key), item]),
        depth,
        within,
      );
    if (value instanceof Set) return [...value].map(item => copy(item, depth + 1, within));
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON === 'function') return copy(toJSON.call(value), depth + 1, within);
    return ofEntries(Object.entries(value), depth, within);
  } catch {
    return '[unreadable]';
  }
}

function ofEntries(
  entries: ReadonlyArray<readonly [string, unknown]>,
  depth: number,
  within: readonly object[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    const { secret, shown } = keyOf(name);
    const value = secret && item !== null && item !== undefined ? MASK : copy(item, depth + 1, within);
    // Assigned, a key of the name __proto__ would set what it should only show.
    if (shown === '__proto__') Object.defineProperty(result, shown, { value, enumerable: true });
    else result[shown] = value;
  }
  return result;
}

function ofError(error: Error, depth: number, within: readonly object[]): Record<string, unknown> {
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  const facts = { name: error.name, message: error.message, code, cause: error.cause, errors };
  const told = Object.entries(facts).filter(([, fact]) => fact !== undefined);
  return ofEntries(told, depth, within);
}
