import { CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import type { Construct } from 'constructs';
import type { CacheEngine } from './cache-tier-props';

/** Keys of the application only, no administration; `info` is what clients ask when they connect. */
const accessOf = (keyPrefix: string): string =>
  `on ~${keyPrefix}* resetchannels -@all +@all -@dangerous +info`;

/** The one user as which clients sign in, by IAM: no password to keep, to replicate or to leak. */
export function addCacheUsers(
  scope: Construct,
  props: { readonly engine: CacheEngine; readonly userName: string; readonly keyPrefix: string },
): CfnUserGroup {
  const { engine, userName } = props;
  const user = new CfnUser(scope, 'User', {
    engine,
    userId: userName,
    userName,
    accessString: accessOf(props.keyPrefix),
    authenticationMode: { Type: 'iam' },
  });
  return new CfnUserGroup(scope, 'Users', {
    engine,
    userGroupId: `${userName}-users`,
    userIds: [user.ref, ...defaultUsers(scope, props)],
  });
}

/** A Redis group must hold a user called `default`; ours may not sign in. Valkey asks for none. */
function defaultUsers(
  scope: Construct,
  { engine, userName }: { readonly engine: CacheEngine; readonly userName: string },
): readonly string[] {
  if (engine === 'valkey') return [];
  const user = new CfnUser(scope, 'DefaultUser', {
    engine,
    userId: `${userName}-default`,
    userName: 'default',
    accessString: 'off -@all',
    authenticationMode: { Type: 'no-password-required' },
  });
  return [user.ref];
}
