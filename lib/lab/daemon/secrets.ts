import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LabPaths } from '../paths';

/** Secrets of one lab, made anew for each. */
export interface LabSecrets {
  /** Bearer token of the admin API. */
  readonly token: string;
  /** Password of the databases' administrator. */
  readonly administrator: string;
  /** Password of the service. */
  readonly service: string;
  /** File in which the service finds its password. */
  readonly servicePasswordFile: string;
}

/** Makes the secrets; the service's is written to a file that its owner alone can read. */
export function makeSecrets(paths: Pick<LabPaths, 'secrets'>): LabSecrets {
  const secret = () => randomBytes(24).toString('base64url');
  const service = secret();
  const servicePasswordFile = path.join(paths.secrets, 'database-password');
  writeFileSync(servicePasswordFile, `${service}\n`, { mode: 0o600 });
  return { token: secret(), administrator: secret(), service, servicePasswordFile };
}
