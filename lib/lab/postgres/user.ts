import { chownSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { HoldfastError } from '../../errors';
import { currentUid } from '../paths';

/** The user as whom PostgreSQL runs. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user to whom PostgreSQL drops, since it refuses to run as root: `postgres` or else `nobody`. Undefined for an
 * ordinary user, who runs it as himself.
 * @throws HoldfastError `environment` when root finds neither in /etc/passwd, or the user has no name
 */
export function serverUser(passwd = '/etc/passwd', uid = currentUid()): ServerUser | undefined {
  if (uid !== 0) {
    assertNamed(uid);
    return undefined;
  }
  const users = new Map(
    readFileSync(passwd, 'utf8')
      .split('\n')
      .map(line => line.split(':'))
      .map(([name, , id, group]) => [name, { uid: Number(id), gid: Number(group) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (user === undefined) {
    throw new HoldfastError('environment', 'PostgreSQL refuses to run as root', [
      {
        path: passwd,
        message: 'names neither a user postgres nor nobody',
        fix: 'run the lab as an ordinary user, or create one of them',
      },
    ]);
  }
  return user;
}

/** Gives a file or folder to the server's user, where there is one. */
export function give(file: string, user: ServerUser | undefined): void {
  if (user !== undefined) chownSync(file, user.uid, user.gid);
}

/** initdb asks for the name of its user and ends where there is none. */
function assertNamed(uid: number): void {
  try {
    userInfo();
  } catch (cause) {
    throw new HoldfastError(
      'environment',
      'PostgreSQL needs a user with a name',
      [
        {
          path: 'uid',
          received: uid,
          message: 'has no entry in /etc/passwd',
          fix: 'add one, or run as another user',
        },
      ],
      { cause },
    );
  }
}
