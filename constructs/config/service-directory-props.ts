import type { Duration } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';

/** Properties of a {@link ServiceDirectory}. */
export interface ServiceDirectoryProps {
  /** Private name below which services are found, such as `orders.internal`; never a public one. */
  readonly namespaceName: string;
  /** Network in which the name is known. */
  readonly vpc: IVpc;
}

/** A service that registers its instances. */
export interface DirectoryServiceOptions {
  /** First label of its name: `cart` is found at `cart.orders.internal`. */
  readonly name: string;
  /**
   * How long a client keeps an answer, 1 to 300 seconds; what a failed instance costs at the most.
   * @default Duration.seconds(10)
   */
  readonly timeToLive?: Duration;
  /**
   * What to answer with: addresses, or addresses with ports.
   * @default 'A'
   */
  readonly record?: 'A' | 'SRV';
}

/** A mesh in front of services: who may call whom, by IAM, without routes between networks. */
export interface ServiceNetworkOptions {
  /**
   * Name of the network, 3 to 63 lower-case letters, digits and hyphens.
   * @default - named by CloudFormation
   */
  readonly name?: string;
}

const LABEL = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** @throws HoldfastError `invalid-input` with every wrong value */
export function validateServiceDirectory(construct: string, { namespaceName }: ServiceDirectoryProps): void {
  assertRules(construct, [
    matching(
      'namespaceName',
      namespaceName,
      new RegExp(`^${LABEL}(\\.${LABEL})+$`),
      'use two or more labels of lower-case letters, digits and hyphens, such as orders.internal',
    ),
  ]);
}

/** @throws HoldfastError `invalid-input` with every wrong value */
export function validateDirectoryService(construct: string, options: DirectoryServiceOptions): void {
  assertRules(construct, [
    labelRule('name', options.name),
    wholeNumber('timeToLive (seconds)', options.timeToLive?.toSeconds() ?? 10, 1, 300),
  ]);
}

/** @throws HoldfastError `invalid-input` with every wrong value */
export function validateServiceNetwork(construct: string, { name }: ServiceNetworkOptions): void {
  assertRules(construct, [
    name !== undefined &&
      matching(
        'name',
        name,
        /^(?!servicenetwork-|sn-)[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/,
        'use 3 to 63 lower-case letters, digits and single hyphens',
      ),
  ]);
}

function labelRule(path: string, value: string): Rule {
  return matching(
    path,
    value,
    new RegExp(`^${LABEL}$`),
    'use 1 to 63 lower-case letters, digits and hyphens',
  );
}
