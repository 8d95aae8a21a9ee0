import { Duration, Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ArtifactBucket } from '../constructs/compute/artifact-bucket';
import { Register } from '../constructs/data/register';
import { KEEP_ONCE_BORN } from '../constructs/removal';
import { Gate } from '../constructs/traffic/gate';
import { dataKeyAlias, gateHost, regionHost, registerTableName } from '../lib/naming';
import { hostOf } from '../regions';
import {
  artifactBucketOf,
  type HomeContext,
  homeId,
  type RegionStackProps,
  stackPropsOf,
} from './region-context';

/** The gate of a home. */
export interface HomeGate {
  readonly context: HomeContext;
  /** The endpoint that says whether the register names this Region active. */
  readonly gate: Gate;
}

/**
 * What a Region has before anything else and changes least: its key, its names' certificates, the topic of its
 * alarms, its gate, what its clones boot from and, in the seed, the register.
 *
 * The gate stands here and not with the service or its alarms: it must answer while the service is broken, being
 * rebuilt or rolled back, and a deploy of either must not be able to turn DNS. It needs the register by name alone.
 */
export class FoundationStack extends Stack {
  /** Key of this Region's data. */
  readonly dataKey: IKey;
  /** Certificate of the service's name and of this Region's own name, for each home. */
  readonly serviceCertificate: ICertificate;
  /** Where this Region's alarms go. */
  readonly alarmTopic: ITopic;
  /** The gate of each home. */
  readonly gates: readonly HomeGate[];

  constructor(scope: Construct, id: string, props: RegionStackProps) {
    super(
      scope,
      id,
      stackPropsOf(props.context, 'foundation', 'register, key, certificates, alarm topic and gate'),
    );
    const { topology, region, homes } = props.context;
    if (region.seed) {
      new Register(this, 'Register', {
        tableName: registerTableName(topology.application),
        regions: topology.regions.map(({ name }) => name),
        consistency: topology.register,
      });
    }
    new ArtifactBucket(this, 'Artifacts', { bucketName: artifactBucketOf(props.context) });
    this.dataKey = this.createKey(topology.application);
    this.alarmTopic = this.createAlarmTopic(`${topology.application} ${region.name}`);
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', topology.dns);
    const validation = CertificateValidation.fromDns(zone);
    const [domainName = '', ...others] = homes.flatMap(({ topology: home }) => [
      hostOf(home),
      regionHost(region.name, hostOf(home)),
    ]);
    this.serviceCertificate = new Certificate(this, 'ServiceCertificate', {
      domainName,
      subjectAlternativeNames: others,
      validation,
    });
    this.gates = homes.map(context => ({ context, gate: this.createGate(context, validation) }));
  }

  private createGate(context: HomeContext, validation: CertificateValidation): Gate {
    const { topology, region } = context;
    const host = gateHost(region.name, hostOf(topology));
    const certificate = new Certificate(this, homeId('GateCertificate', topology), {
      domainName: host,
      validation,
    });
    return new Gate(this, homeId('Gate', topology), {
      application: topology.application,
      home: topology.home,
      host,
      certificate,
      allowedCidrs: topology.gate?.allowedCidrs,
    });
  }

  private createAlarmTopic(displayName: string): Topic {
    const topic = new Topic(this, 'Alarms', { displayName, masterKey: this.dataKey, enforceSSL: true });
    // enforceSSL sets a policy, which replaces the one with which SNS makes a topic: alarms need a word of their own.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return topic;
  }

  private createKey(application: string): Key {
    const key = new Key(this, 'DataKey', {
      alias: dataKeyAlias(application),
      description: `Data of ${application} in this Region; every Region has a key of its own`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(30),
      removalPolicy: KEEP_ONCE_BORN,
    });
    // Alarms publish to an encrypted topic only where the key lets CloudWatch use it.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return key;
  }
}
