import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { ILoadBalancerV2 } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  DnsRecordType,
  PrivateDnsNamespace,
  RoutingPolicy,
  type Service,
} from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { ServiceNetwork } from './service-directory-network';
import {
  type DirectoryServiceOptions,
  type ServiceDirectoryProps,
  type ServiceNetworkOptions,
  validateDirectoryService,
  validateServiceDirectory,
} from './service-directory-props';

/**
 * Where the services of a Region find each other by name: a private Cloud Map namespace of its network. It knows its
 * own Region alone; another Region is reached by its public name, and by decision.
 *
 * Instances say themselves whether they are well: Route 53's checkers do not reach private addresses. There are no
 * metrics of it, since Cloud Map publishes none: whoever calls a service measures it.
 */
export class ServiceDirectory extends Construct {
  readonly namespace: PrivateDnsNamespace;
  private readonly vpc: ServiceDirectoryProps['vpc'];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: ServiceDirectoryProps) {
    super(scope, id);
    validateServiceDirectory(`ServiceDirectory ${this.node.path}`, props);
    this.vpc = props.vpc;
    this.namespace = new PrivateDnsNamespace(this, 'Namespace', {
      name: props.namespaceName,
      vpc: props.vpc,
      description: `Services of ${this.node.path}`,
    });
  }

  /**
   * Adds a service whose instances register themselves ({@link grantRegister}). An answer holds up to eight instances
   * that are well, and any eight when none is: the last word is the client's.
   *
   * @throws HoldfastError `invalid-input` with every wrong value
   */
  addService(options: DirectoryServiceOptions): Service {
    validateDirectoryService(`ServiceDirectory ${this.node.path}, service ${options.name}`, options);
    return this.namespace.createService(`Service-${options.name}`, {
      name: options.name,
      dnsRecordType: options.record === 'SRV' ? DnsRecordType.SRV : DnsRecordType.A,
      dnsTtl: options.timeToLive ?? Duration.seconds(10),
      routingPolicy: RoutingPolicy.MULTIVALUE,
      // CloudFormation's default, written down: AWS sets it to 1 whatever is asked.
      customHealthCheck: { failureThreshold: 1 },
    });
  }

  /**
   * Adds a service that is a load balancer, which knows itself who of its targets is well.
   *
   * @throws HoldfastError `invalid-input` when the name cannot be one
   */
  addLoadBalancer(name: string, loadBalancer: ILoadBalancerV2): Service {
    validateDirectoryService(`ServiceDirectory ${this.node.path}, load balancer ${name}`, { name });
    const service = this.namespace.createService(`Service-${name}`, {
      name,
      dnsRecordType: DnsRecordType.A,
      routingPolicy: RoutingPolicy.WEIGHTED,
      loadBalancer: true,
    });
    service.registerLoadBalancer('Balancer', loadBalancer);
    return service;
  }

  /** Adds a VPC Lattice service network that the clients of this network may call through. */
  addServiceNetwork(id: string, options: ServiceNetworkOptions = {}): ServiceNetwork {
    return new ServiceNetwork(this, id, { ...options, vpc: this.vpc });
  }

  /** Lets `grantee` register instances of a service, take them out, and say whether they are well. */
  grantRegister(service: Service, grantee: IGrantable): Grant {
    const instances = Grant.addToPrincipal({
      grantee,
      actions: [
        'servicediscovery:RegisterInstance',
        'servicediscovery:DeregisterInstance',
        'servicediscovery:UpdateInstanceCustomHealthStatus',
      ],
      resourceArns: [service.serviceArn],
    });
    // Cloud Map writes the records in the name of whoever registers.
    const records = Grant.addToPrincipal({
      grantee,
      actions: ['route53:ChangeResourceRecordSets', 'route53:GetHostedZone'],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'route53',
          region: '',
          account: '',
          resource: 'hostedzone',
          resourceName: this.namespace.namespaceHostedZoneId,
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ],
    });
    return instances.combine(records);
  }
}
