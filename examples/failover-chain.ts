/** One Region's part of a failover chain of three Regions, with its gate. Deploy the same stack in each Region. */
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FailoverDns, Gate } from '../constructs';
import { gateHost } from '../lib/naming';

const HOST = 'orders.example.com';

/** Declares the stack of `us-west-2`, the second of the chain. */
export function build(app: App): Stack {
  const region = 'us-west-2';
  const stack = new Stack(app, 'FailoverChain', { env: { account: '000000000000', region } });
  const certificateArn = new CfnParameter(stack, 'CertificateArn').valueAsString;
  const gate = new Gate(stack, 'Gate', {
    application: 'orders',
    host: gateHost(region, HOST),
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
    // Leave it out to use the gate that comes with the package.
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 503 });'),
  });
  new FailoverDns(stack, 'Dns', {
    region,
    chain: ['us-east-2', region, 'us-east-1'],
    hostedZoneId: 'Z0000000000ORDERS000',
    host: HOST,
    service: { dnsName: 'orders-123.us-west-2.elb.example', hostedZoneId: 'Z1H1FL5HABSF5' },
    gate: gate.aliasTarget,
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
