import { Stack, Token } from 'aws-cdk-lib';
import { Connections, type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import { GlobalDatabaseAccess } from './global-database-access';
import { IDENTIFIER, IDENTIFIER_FIX } from './global-database-validation';

/** What a stack knows of this Region's member of a global database that stands already. */
export interface GlobalDatabaseAttributes {
  /** Name of this Region's cluster. */
  readonly clusterIdentifier: string;
  /**
   * Writer endpoint of this Region's own cluster: neither that of another Region nor the global one, by which a Region
   * that was fenced could write across.
   */
  readonly clusterEndpointAddress: string;
  /** Reader endpoint of this Region's own cluster. */
  readonly readerEndpointAddress: string;
  /** TCP port of both endpoints. */
  readonly port: number;
  /**
   * Id of the cluster that AWS chose (`DbClusterResourceId`), such as `cluster-ABCDEFGHIJKLMNOPQRSTUVWXY4`, by which IAM
   * knows it.
   */
  readonly clusterResourceId: string;
  /** Security groups of the instances, at least one: without them clients would be let in nowhere, in silence. */
  readonly securityGroups: readonly ISecurityGroup[];
  /**
   * Break-glass credentials, or their replica in this Region.
   * @default - none
   */
  readonly breakGlassSecret?: ISecret;
}

/** The member of this Region, named and not owned: nothing of it is in the template. */
export class NamedGlobalDatabase extends GlobalDatabaseAccess {
  readonly connections: Connections;
  readonly clusterEndpointAddress: string;
  readonly readerEndpointAddress: string;
  readonly port: number;
  readonly clusterIdentifier: string;
  readonly clusterResourceId: string;
  readonly breakGlassSecret?: ISecret;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, attributes: GlobalDatabaseAttributes) {
    assertRules(
      `GlobalDatabase ${scope.node.path}/${id}`,
      attributeRules(attributes, Stack.of(scope).region),
    );
    super(scope, id);
    this.clusterEndpointAddress = attributes.clusterEndpointAddress;
    this.readerEndpointAddress = attributes.readerEndpointAddress;
    this.port = attributes.port;
    this.clusterIdentifier = attributes.clusterIdentifier;
    this.clusterResourceId = attributes.clusterResourceId;
    this.breakGlassSecret = attributes.breakGlassSecret;
    this.connections = new Connections({
      securityGroups: [...attributes.securityGroups],
      defaultPort: Port.tcp(attributes.port),
    });
  }
}

function attributeRules(attributes: GlobalDatabaseAttributes, region: string): readonly Rule[] {
  return [
    matching('clusterIdentifier', attributes.clusterIdentifier, IDENTIFIER, IDENTIFIER_FIX),
    endpointRule('clusterEndpointAddress', attributes.clusterEndpointAddress, region),
    endpointRule('readerEndpointAddress', attributes.readerEndpointAddress, region),
    wholeNumber('port', attributes.port, 1, 65_535),
    matching(
      'clusterResourceId',
      attributes.clusterResourceId,
      /^cluster-[A-Z0-9]+$/,
      'use DbClusterResourceId as describe-db-clusters gives it, such as cluster-ABCDEFGHIJ; not the name of the cluster',
    ),
    attributes.securityGroups.length === 0 && {
      path: 'securityGroups',
      received: attributes.securityGroups,
      message: 'no group in which clients could be let in',
      fix: 'pass those of the instances, such as SecurityGroup.fromSecurityGroupId(...)',
    },
  ];
}

/** A name of one's own for the endpoint says nothing of its Region and passes; one of RDS must be of this Region. */
function endpointRule(path: string, address: string, region: string): Rule {
  if (Token.isUnresolved(address)) return undefined;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(address)) {
    const fix = 'pass the name of the endpoint alone, without scheme and port';
    return { path, received: address, message: 'not a host name', fix };
  }
  const found = /\.([a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?$/i.exec(address)?.[1]?.toLowerCase();
  if (found === undefined || Token.isUnresolved(region) || found === region) return undefined;
  return {
    path,
    received: address,
    message:
      found === 'global'
        ? 'the global endpoint follows the writer: a Region that was fenced could write across'
        : `an endpoint of ${found}: a Region that was fenced could write across`,
    fix: `use the endpoint of the cluster in ${region}`,
  };
}
