import { isSecretName } from './names';

/** Stands where a secret stood. It tells nothing of it: no length, no fingerprint. */
export const MASK = '(masked)';

/** Forms that nothing but a secret has. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // JSON web tokens: two parts of base64 that begin with `{"`, with or without a signature.
  /(?<![\w-])eyJ[\w-]{6,}\.eyJ[\w-]{6,}(?:\.[\w-]*)?/g,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  /(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  /\b(?:gh[opusr]_|github_pat_|glpat-|npm_|xox[abeprs]-|[sr]k_(?:live|test)_|hv[sb]\.|dop_v1_|AIza)[\w-]{16,}/g,
];

/** The password of `scheme://user:password@host`. Up to the last `@`: a password may hold one. */
const IN_URL = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/"'<>]{0,256}:)([^\s"'<>]{1,1024})(?=@)/gi;

/** `name=value` and `"name": "value"` within a text. */
const PAIR =
  /(?<![\w.])([A-Za-z_][\w.-]{1,200})(\\*["']?\s{0,5}[=:]\s{0,5})("(?:[^"\\]|\\.)*"|'[^']*'|\\+"[^"]*"|[^\s;,&"'{}[\]]+)/g;

/** What may be a token: long, without blanks or separators. */
const TOKEN = /(?<![\w+/-])[\w+/-]{20,}={0,2}/g;

/** The text without what has the form of a secret. Names of things stay, although they may be long. */
export function maskForms(text: string): string {
  if (text.length < 8) return text;
  const formed = FORMS.reduce((left, form) => left.replace(form, MASK), text);
  return formed.includes('://') && formed.includes('@') ? formed.replace(IN_URL, `$1${MASK}`) : formed;
}

/**
 * The text without what looks like a secret: private keys, tokens of AWS and others, passwords in addresses, what is
 * named a password or a key, and long tokens that nobody could have thought of. Masking twice changes nothing.
 */
export function maskText(text: string): string {
  const masked = maskOnce(text);
  // What was hidden may have stood against something that is seen only now.
  return masked === text ? text : maskText(masked);
}

function maskOnce(text: string): string {
  const formed = maskForms(text);
  const paired = /[=:]/.test(formed) ? formed.replace(PAIR, maskPair) : formed;
  return paired.length < 20 ? paired : paired.replace(TOKEN, token => (isRandom(token) ? MASK : token));
}

function maskPair(pair: string, name: string, between: string, value: string): string {
  if (!isSecretName(name) || isNoValue(value)) return pair;
  const quote = /^(?:\\+)?["']/.exec(value)?.[0] ?? '';
  return `${name}${between}${quote}${MASK}${quote}`;
}

/** Values that are no secret whatever their name, among them references to one that is kept elsewhere. */
const isNoValue = (value: string): boolean =>
  /^\\*["']?(?:true|false|null|none|undefined|arn:.*|\(masked\)|\{\{resolve:.*|\$\{.*)?\\*["']?$/i.test(
    value,
  );

/** Whether a token is of the kind that only a generator makes. */
export function isRandom(token: string): boolean {
  const body = token.replace(/=+$/, '');
  // An absolute path is as random as the most random of its names; a key of forty letters may begin so too.
  if (body.startsWith('/') && body.length !== 40) {
    return body.split('/').some(name => name.length >= 20 && isRandom(name));
  }
  if (/^[0-9a-f-]+$/i.test(body)) return isHexKey(body);
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter(kind => kind.test(body)).length;
  if (body.length < 24 || kinds < 3 || body.split('/').length > 4) return false;
  // Secret access keys of AWS are forty letters of base64.
  if (body.length === 40 && /[+/]/.test(body)) return turns(body) >= 0.36;
  // Logical ids of the CDK are words in camel case with eight hexadecimal digits behind.
  const words = body.replace(/[0-9A-F]{8}(?:[a-z0-9_-]{0,12})$/, '');
  const digits = (words.match(/[0-9]/g) ?? []).length;
  return turns(body) >= 0.36 && (digits >= 2 || turns(words) >= 0.52);
}

/** 32, 40 or 64 hexadecimal digits are a digest as often as a key; without a name that tells, it is masked. */
const isHexKey = (body: string): boolean =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{48}|[0-9a-f]{64,})$/i.test(body);

/** How often the kind of letter changes from one place to the next: rarely in words, at most places in a token. */
function turns(text: string): number {
  let changes = 0;
  for (let at = 1; at < text.length; at += 1) if (kindAt(text, at) !== kindAt(text, at - 1)) changes += 1;
  return text.length < 2 ? 0 : changes / (text.length - 1);
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x61 && code <= 0x7a) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  return code >= 0x30 && code <= 0x39 ? 2 : 3;
}
