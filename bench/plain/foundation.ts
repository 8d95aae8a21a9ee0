import path from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

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
    this.gateDomain = new apigateway.DomainName(this, 'Domain', {
      domainName: gateHost,
      certificate: certificate('GateCertificate', gateHost),
    });
    this.addGate();
  }

  private addGate(): void {
    const gate = new LambdaFunction(this, 'Gate', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromAsset(path.join(__dirname, '..', '..', 'bundles', 'gate'), {
        exclude: ['*.map', '*.txt'],
      }),
      logGroup: new LogGroup(this, 'GateLogs', { retention: RetentionDays.THREE_MONTHS }),
    });
    gate.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    const api = new apigateway.HttpApi(this, 'Api', {
      createDefaultStage: false,
      disableExecuteApiEndpoint: true,
    });
    api.addRoutes({
      path: '/',
      methods: [apigateway.HttpMethod.GET],
      integration: new HttpLambdaIntegration('Gate', gate),
    });
    api.addStage('Live', { autoDeploy: true, domainMapping: { domainName: this.gateDomain } });
  }
}
