import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import { loop } from '../loop';
import type { Logger } from '../telemetry/logger';
import type { ServiceIdentity } from './mutual-tls';

/** Names of the files in the folder of an identity. */
const FILES = { certificate: 'certificate.pem', key: 'key.pem', authority: 'authority.pem' } as const;
/** Pause between two looks at the files, in unscaled milliseconds: certificates live for hours. */
const PAUSE = 60_000;

/**
 * The identity of this process from a folder: `certificate.pem` with its chain, `key.pem` and `authority.pem`.
 * @throws RuntimeError `environment` that names the file
 */
export function readIdentity(folder: string): ServiceIdentity {
  const read = (name: string): string => {
    const file = path.join(folder, name);
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      const problem = { path: file, message: reasonOf(cause), fix: 'put the PEM file there, readable' };
      throw new RuntimeError('environment', 'the identity of this process cannot be read', [problem], {
        cause,
      });
    }
  };
  const { certificate, key, authority } = FILES;
  return { certificate: read(certificate), key: read(key), authority: read(authority) };
}

/** What looking for a renewed identity stands on. */
export interface WatchIdentityOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Divides the pause. */
  readonly timeScale: number;
  /** Takes a renewed identity; when it throws, the one in force stays so, and it is offered again. */
  readonly changed: (identity: ServiceIdentity) => void;
}

/** Looks for a renewed identity every minute until the signal aborts. Never rejects. */
export function watchIdentity(
  known: ServiceIdentity,
  { folder, clock, logger, timeScale, changed }: WatchIdentityOptions,
  signal: AbortSignal,
): Promise<void> {
  let current = textOf(known);
  const onError = (error: unknown) => logger.error('identity.not-renewed', { reason: reasonOf(error) });
  const pauseMilliseconds = PAUSE / timeScale;
  return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
    const identity = readIdentity(folder);
    const found = textOf(identity);
    if (found === current) return undefined;
    changed(identity);
    current = found;
    logger.info('identity.renewed');
    return undefined;
  });
}

const textOf = ({ certificate, key, authority }: ServiceIdentity): string => certificate + key + authority;
