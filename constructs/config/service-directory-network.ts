import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import { Connections, type IConnectable, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  AnyPrincipal,
  ArnPrincipal,
  type IRole,
  Policy,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as lattice from 'aws-cdk-lib/aws-vpclattice';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { KEEP_ONCE_BORN } from '../removal';
import { assertRules, type Rule, wholeNumber } from '../validation';
import {
  type ServiceNetworkOptions,
  validateDirectoryService,
  validateServiceNetwork,
} from './service-directory-props';

/** A service network and the network from which it is called. */
export interface ServiceNetworkProps extends ServiceNetworkOptions {
  /** Network whose clients may call through it. */
  readonly vpc: IVpc;
}

/** A service behind a load balancer, called through the mesh. */
export interface MeshServiceOptions {
  /** Name of the service. */
  readonly name: string;
  /** The internal load balancer in front of it. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Network of the load balancer. */
  readonly vpc: IVpc;
  /**
   * Port of the load balancer's HTTPS listener.
   * @default 443
   */
  readonly port?: number;
  /** Who may call it, and nobody else: at least one role. */
  readonly callers: readonly IRole[];
}

const INVOKE = 'vpc-lattice-svcs:Invoke';

/**
 * A VPC Lattice service network: services that know their callers by IAM, over TLS, without routes between networks.
 * Nobody from outside the account passes, and a service names each role that may call it.
 */
export class ServiceNetwork extends Construct implements IConnectable {
  /** Id of the service network. */
  readonly serviceNetworkId: string;
  /** Which clients of the network may reach the mesh; none until they are let in. */
  readonly connections: Connections;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ServiceNetworkProps) {
    super(scope, id);
    validateServiceNetwork(`ServiceNetwork ${this.node.path}`, props);
    const network = new lattice.CfnServiceNetwork(this, 'Network', { name: props.name, authType: 'AWS_IAM' });
    this.serviceNetworkId = network.attrId;
    new lattice.CfnAuthPolicy(this, 'Policy', {
      resourceIdentifier: network.attrId,
      policy: new PolicyDocument({ statements: [ofThisAccount(this)] }),
    });
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Clients of the mesh ${this.node.path}`,
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: Port.tcp(443) });
    new lattice.CfnServiceNetworkVpcAssociation(this, 'Clients', {
      serviceNetworkIdentifier: network.attrId,
      vpcIdentifier: props.vpc.vpcId,
      securityGroupIds: [securityGroup.securityGroupId],
    });
    this.logAccess(network);
  }

  /**
   * Adds a service.
   *
   * @throws HoldfastError `invalid-input` with every wrong value
   */
  addService(options: MeshServiceOptions): lattice.CfnService {
    const { name, callers, port = 443 } = options;
    validateDirectoryService(`ServiceNetwork ${this.node.path}, service ${name}`, { name });
    assertRules(`ServiceNetwork ${this.node.path}, service ${name}`, serviceRules(port, callers.length));
    const scope = new Construct(this, name);
    const targets = new lattice.CfnTargetGroup(scope, 'Targets', {
      type: 'ALB',
      config: { port, protocol: 'HTTPS', vpcIdentifier: options.vpc.vpcId },
      targets: [{ id: options.loadBalancer.loadBalancerArn, port }],
    });
    const service = new lattice.CfnService(scope, 'Service', { name, authType: 'AWS_IAM' });
    new lattice.CfnAuthPolicy(scope, 'Policy', {
      resourceIdentifier: service.attrId,
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: [INVOKE],
            principals: callers.map(role => new ArnPrincipal(role.roleArn)),
            resources: ['*'],
          }),
        ],
      }),
    });
    new lattice.CfnListener(scope, 'Listener', {
      serviceIdentifier: service.attrId,
      protocol: 'HTTPS',
      port: 443,
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: targets.attrId, weight: 100 }] } },
    });
    new lattice.CfnServiceNetworkServiceAssociation(scope, 'Association', {
      serviceIdentifier: service.attrId,
      serviceNetworkIdentifier: this.serviceNetworkId,
    });
    this.allowCallers(scope, service, callers);
    return service;
  }

  /** The other half of a service's policy: the callers' own permission, which knows paths below the service alone. */
  private allowCallers(scope: Construct, service: lattice.CfnService, callers: readonly IRole[]): void {
    const resource = Stack.of(this).formatArn({
      service: 'vpc-lattice',
      resource: 'service',
      resourceName: `${service.attrId}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const policy = new Policy(scope, 'Callers', {
      statements: [new PolicyStatement({ actions: [INVOKE], resources: [resource] })],
      roles: [...callers],
    });
    acknowledge(
      policy,
      `AwsSolutions-IAM5[Resource::${findingArn(this, resource)}]`,
      "Only the path within this one service is open; which paths there are is the service's own affair.",
    );
  }

  private logAccess(network: lattice.CfnServiceNetwork): void {
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/vpclattice/${Names.uniqueResourceName(this, { maxLength: 100 })}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: KEEP_ONCE_BORN,
    });
    new lattice.CfnAccessLogSubscription(this, 'AccessLogs', {
      resourceIdentifier: network.attrId,
      destinationArn: logs.logGroupArn,
    });
  }
}

/** Whoever is known to this account by IAM; an anonymous caller has no account. */
function ofThisAccount(scope: Construct): PolicyStatement {
  return new PolicyStatement({
    actions: [INVOKE],
    principals: [new AnyPrincipal()],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(scope).account } },
  });
}

const serviceRules = (port: number, callers: number): readonly Rule[] => [
  wholeNumber('port', port, 1, 65_535),
  callers === 0 && {
    path: 'callers',
    received: 0,
    message: 'a service that nobody may call',
    fix: 'name the roles that may call it',
  },
];
