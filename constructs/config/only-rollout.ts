import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { HoldfastError } from '../../lib/errors';

/** Where each environment of an app is rolled out; forgotten with the app. */
const OWNERS = new WeakMap<IConstruct, Map<string, string>>();

/**
 * One environment has one owner. AppConfig runs one deployment of an environment at a time: within a construct they
 * follow each other, while those of two stacks would meet, and one fail with a conflict.
 *
 * @throws HoldfastError `conflict` when the app rolls the same environment of the same Region out elsewhere
 */
export function assertOnlyRollout(
  scope: Construct,
  {
    applicationName,
    environmentName,
  }: { readonly applicationName: string; readonly environmentName: string },
): void {
  const { account, region } = Stack.of(scope);
  // Stacks that do not say where they go may go apart.
  if (Token.isUnresolved(region) || Token.isUnresolved(account)) return;
  const owners = OWNERS.get(scope.node.root) ?? new Map<string, string>();
  OWNERS.set(scope.node.root, owners);
  const key = JSON.stringify([account, region, applicationName, environmentName]);
  const owner = owners.get(key);
  if (owner !== undefined) {
    throw new HoldfastError(
      'conflict',
      `ConfigRollout ${scope.node.path} is not the only one of its environment`,
      [
        {
          path: 'environmentName',
          received: environmentName,
          message: `${owner} rolls out application ${applicationName} in the same environment, and two rollouts collide`,
          fix: 'add the configuration there, or give this one an environment of its own',
        },
      ],
    );
  }
  owners.set(key, scope.node.path);
}
