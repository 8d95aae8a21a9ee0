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

/** Whether any of the shapes but the secret access key is possible at all: cheap looks, since most texts hold nothing. */
const MARK = /-----BEGIN|:\/\/|eyJ|A(?:KI|SI|BI|CC)A/;
const WORD = /X-Amz-|bearer|basic|pass|pwd|secret|token|api[-_]?key|signature/i;
/** Length of a secret access key. */
const KEY_LENGTH = 40;
/** Shorter than `pwd=x` no text holds a secret that can be told. */
const SHORTEST = 5;

/** A text without the secrets that are known by their shape. */
export function redactText(text: string): string {
  if (text.length < SHORTEST || !suspicious(text)) return text;
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

function suspicious(text: string): boolean {
  return MARK.test(text) || WORD.test(text) || hasLongRun(text);
}

/**
 * Whether there are 40 characters of base64 in a row. Such a row covers a place that is a multiple of 40, so only these
 * are looked at; as a regular expression, which looks at each, it was three quarters of what a log line cost.
 */
function hasLongRun(text: string): boolean {
  for (let place = KEY_LENGTH - 1; place < text.length; place += KEY_LENGTH) {
    if (!ofBase64(text.charCodeAt(place))) continue;
    let first = place;
    let end = place + 1;
    while (first > 0 && ofBase64(text.charCodeAt(first - 1))) first -= 1;
    while (end < text.length && end - first < KEY_LENGTH && ofBase64(text.charCodeAt(end))) end += 1;
    if (end - first >= KEY_LENGTH) return true;
  }
  return false;
}

/** A-Z, a-z, 0-9, + and /. */
function ofBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57) || code === 43
  );
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

/**
 * One line of JSON without secrets: the same as `JSON.stringify(redact(line))`. Most lines are flat and hold nothing; one
 * look at the finished text shows it, since no shape holds a character that JSON escapes, and saves the copy.
 */
export function redactedJson(line: Readonly<Record<string, unknown>>): string {
  if (isFlat(line)) {
    const text = JSON.stringify(line);
    if (!suspicious(text)) return text;
  }
  return JSON.stringify(redact(line));
}

/** Whether it holds nothing but texts, numbers and the like, none of them secret by its name. */
function isFlat(line: Readonly<Record<string, unknown>>): boolean {
  for (const name of Object.keys(line)) {
    const value = line[name];
    if (value === null || value === undefined) continue;
    const kind = typeof value;
    if (kind === 'object' || kind === 'function' || kind === 'bigint' || keyOf(name).secret) return false;
  }
  return true;
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
