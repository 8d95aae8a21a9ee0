import { Stage, type StageSynthesisOptions, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { inheritTags } from '../constructs/inherited-tags';
import type { ResolvedTopology } from '../regions';
import { DataStack, HomeDataStack } from './data-stack';
import { DnsStack } from './dns-stack';
import { FoundationStack } from './foundation-stack';
import { NetworkStack } from './network-stack';
import { OperationsStack } from './operations-stack';
import { homeId, regionContext } from './region-context';
import { ServiceStack } from './service-stack';

/** What may be chosen beside the topology. */
export interface BlueprintOptions {
  /**
   * More environment of clones and workers, the same in every Region: what docs/service.md says is set by you. A name
   * that the blueprint sets is refused.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Properties of a {@link RegionStage}. */
export interface RegionStageProps extends BlueprintOptions {
  readonly topology: ResolvedTopology;
}

/**
 * One Region of the application, under its own name: `cdk deploy 'us-east-2/*'`. Its stacks refer to each other and
 * to nothing outside it, so any Region is built, deployed and rebuilt alone (law 3).
 */
export class RegionStage extends Stage {
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** Data of each home; none in an application without homes. */
  readonly homes: readonly HomeDataStack[];
  readonly service: ServiceStack;
  readonly operations: OperationsStack;
  readonly dns: DnsStack;

  /**
   * @param id name of the Region
   * @throws HoldfastError `not-found` when the topology has no such Region, `invalid-input` for an environment that the
   * blueprint sets itself
   */
  constructor(scope: Construct, id: string, props: RegionStageProps) {
    super(scope, id, { env: { account: props.topology.account, region: id } });
    const context = regionContext(props.topology, id);
    this.foundation = new FoundationStack(this, 'foundation', { context });
    this.network = new NetworkStack(this, 'network', { context });
    const { dataKey, alarmTopic } = this.foundation;
    const { network } = this.network;
    this.data = new DataStack(this, 'data', { context, network, dataKey });
    this.homes = context.homes
      .filter(({ topology }) => topology.home !== undefined)
      .map(
        home => new HomeDataStack(this, homeId('data', home.topology), { context: home, network, dataKey }),
      );
    const { cache } = this.data;
    const data = [...this.data.data, ...this.homes.map(home => home.data)];
    this.service = new ServiceStack(this, 'service', {
      context,
      network,
      certificate: this.foundation.serviceCertificate,
      data,
      cache,
      alarmTopic,
      environment: props.environment,
    });
    this.operations = new OperationsStack(this, 'operations', {
      context,
      gates: this.foundation.gates,
      data,
      cache,
      service: this.service,
      alarmTopic,
    });
    this.dns = new DnsStack(this, 'dns', {
      context,
      service: this.service.balancer.aliasTarget,
      gates: this.foundation.gates,
    });
    this.dns.addStackDependency(this.operations, 'records come last, when the Region is watched');
    const tags = { ...props.topology.tags, application: props.topology.application };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
  }
  /** Synthesizes the Region with the tags that the app, or whatever stands between, was given. */
  override synth(options?: StageSynthesisOptions): ReturnType<Stage['synth']> {
    inheritTags(this);
    return super.synth(options);
  }
}
