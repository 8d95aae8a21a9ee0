import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Signer } from '@aws-sdk/rds-signer';
import type { PoolConfig } from 'pg';
import type { DatabaseSettings } from '../environment/environment';

/**
 * How connections to one host authenticate: an IAM token, made anew for each connection since it lives for 15
 * minutes, always over TLS; or a password read anew from its file, so that a rotation needs no restart.
 */
export function databaseCredentials(
  settings: DatabaseSettings,
  host: string,
  region: string,
): Pick<PoolConfig, 'password' | 'ssl'> {
  const { authentication } = settings;
  if (authentication.kind === 'file') {
    const { path } = authentication;
    return { password: async () => (await readFile(path, 'utf8')).trim() };
  }
  const signer = new Signer({ hostname: host, port: settings.port, username: settings.user, region });
  const ca = authentication.certificateAuthorityPath;
  return {
    password: () => signer.getAuthToken(),
    ssl: { rejectUnauthorized: true, ca: ca === undefined ? undefined : readFileSync(ca, 'utf8') },
  };
}
