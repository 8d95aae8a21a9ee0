import { createHash } from 'node:crypto';
import * as fc from 'fast-check';

const letters = (alphabet: string, seed: string, length: number): string =>
  Array.from({ length }, (_, at) => {
    const byte = createHash('sha256').update(`${seed}${at}`).digest()[0] as number;
    return alphabet[byte % alphabet.length];
  }).join('');

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE62 = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Secrets of every form that is known by its looks, each made anew, none of them a real one. */
export const LOOKS: Readonly<Record<string, (seed: string) => string>> = {
  'access key id': seed => `AKIA${letters(`${UPPER}234567`, seed, 16)}`,
  'temporary key id': seed => `ASIA${letters(`${UPPER}234567`, seed, 16)}`,
  'private key': seed =>
    ['-----BEGIN', 'RSA PRIVATE KEY-----'].join(' ') +
    `\n${letters(BASE62, seed, 64)}\n${['-----END', 'RSA PRIVATE KEY-----'].join(' ')}`,
  'web token': seed => `${encoded({ alg: 'HS256' })}.${encoded({ sub: seed })}.${letters(BASE62, seed, 43)}`,
  'forge token': seed => `ghp_${letters(BASE62, seed, 36)}`,
  'chat token': seed => `xoxb-${letters('0123456789', seed, 12)}-${letters(BASE62, seed, 24)}`,
  'payment key': seed => `sk_live_${letters(BASE62, seed, 24)}`,
  'long hexadecimal key': seed => letters('0123456789abcdef', seed, 64),
};

/** Names under which any value at all is a secret. */
export const NAMES = [
  ...['password', 'DB_PASSWORD', 'MasterUserPassword', 'db.pwd', 'apiKey', 'api-key', 'client_secret'],
  ...['SecretString', 'auth_token', 'connectionString', 'private_key', 'Authorization', 'DATABASE_DSN'],
];

/** A secret of a known form, with its name. */
export const lookAlike: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...Object.values(LOOKS)), fc.integer({ min: 0, max: 1_000_000 }))
  .map(([make, seed]) => make(String(seed)));

/** One that is known for one even within a name, where long ids are no secrets. */
export const inNames: fc.Arbitrary<string> = lookAlike.filter(secret => !/^[0-9a-f]+$/.test(secret));

/** A secret that nothing tells but its name or its mark. */
export const plain: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 1_000_000_000 })
  .map(seed => `Pw ${letters(BASE62, String(seed), 9)}'"\\$&{}<b>`);
