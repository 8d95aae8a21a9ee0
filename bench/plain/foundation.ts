import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ROUTE53_CHECKER_RANGES } from '../../regions/route53-checkers';
import { bundle } from './keeper';

/** Key, topic, certificates, table and gate. */
export class PlainFoundation extends Construct {
  readonly key: Key;
  readonly topic: Topic;
  readonly certificate: Certificate;
  readonly gateDomain: apigateway.DomainName;

  constructor(scope: Construct, { seed, region }: { seed: boolean; region: string }) {
    super(scope, 'Foundation');
    if (seed) {
      new CfnGlobalTable(this, 'Table', {
        tableName: 'plain-register',
        billingMode: 'PAY_PER_REQUEST',
        attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
        keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
        multiRegionConsistency: 'STRONG',
        replicas: [{ region: 'us-east-2' }, { region: 'us-west-2' }],
        globalTableWitnesses: [{ region: 'us-east-1' }],
      });
    }
    this.key = new Key(this, 'Key', {
      alias: 'plain',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.topic = new Topic(this, 'Topic', { masterKey: this.key, enforceSSL: true });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0000000000PLAIN0000',
      zoneName: 'example.com',
    });
    const certificate = (id: string, domainName: string): Certificate =>
      new Certificate(this, id, { domainName, validation: CertificateValidation.fromDns(zone) });
    this.certificate = certificate('Certificate', 'orders.example.com');
    const gateHost = `gate-${region}.orders.example.com`;
    new Bucket(this, 'Artifacts', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const api = this.addGate();
    this.gateDomain = new apigateway.DomainName(this, 'Domain', {
      domainName: gateHost,
      certificate: certificate('GateCertificate', gateHost),
      endpointType: apigateway.EndpointType.REGIONAL,
      mapping: api,
    });
    this.addGuard(api);
  }

  private addGate(): apigateway.RestApi {
    const gate = new LambdaFunction(this, 'Gate', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: bundle('gate'),
      environment: { TABLE: 'plain-register', REGION_NAME: 'self' },
      logGroup: new LogGroup(this, 'GateLogs', { retention: RetentionDays.THREE_MONTHS }),
    });
    gate.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    const accessLogs = new LogGroup(this, 'AccessLogs', { retention: RetentionDays.ONE_MONTH });
    const api = new apigateway.RestApi(this, 'Api', {
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      disableExecuteApiEndpoint: true,
      cloudWatchRole: true,
      deployOptions: {
        throttlingRateLimit: 500,
        throttlingBurstLimit: 1000,
        accessLogDestination: new apigateway.LogGroupLogDestination(accessLogs),
        accessLogFormat: apigateway.AccessLogFormat.jsonWithStandardFields(),
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
      },
    });
    api.root.addMethod('GET', new apigateway.LambdaIntegration(gate));
    return api;
  }

  private addGuard(api: apigateway.RestApi): void {
    const metrics = { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
    const allowed = new CfnIPSet(this, 'Allowed', {
      scope: 'REGIONAL',
      ipAddressVersion: 'IPV4',
      addresses: [...ROUTE53_CHECKER_RANGES],
    });
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { block: {} },
      visibilityConfig: { ...metrics, metricName: 'gate' },
      rules: [
        {
          name: 'checkers',
          priority: 0,
          action: { allow: {} },
          statement: { ipSetReferenceStatement: { arn: allowed.attrArn } },
          visibilityConfig: { ...metrics, metricName: 'checkers' },
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Guarded', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}
