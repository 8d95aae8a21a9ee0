import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Artifact } from '../../../constructs/compute/artifact';
import { CloneGroup } from '../../../constructs/compute/clone-group';
import { RegionNetwork } from '../../../constructs/network/region-network';
import { BlueGreenBalancer } from '../../../constructs/traffic/blue-green-balancer';
import { FailoverDns } from '../../../constructs/traffic/failover-dns';
import { Gate } from '../../../constructs/traffic/gate';
import { gateHost } from '../../../lib/naming';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Two small files in the place of application and run time. */
export function smallArtifact(): Artifact {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-artifact-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'app.tgz'), 'app');
  writeFileSync(path.join(folder, 'runtime.tgz'), 'runtime');
  return Artifact.fromFiles({
    app: path.join(folder, 'app.tgz'),
    runtime: path.join(folder, 'runtime.tgz'),
  });
}

/** Network, clones, balancer, gate and DNS of one Region of a chain, in one stack. */
export function wholeRegion(app: App, region: string, chain: readonly string[], artifact = smallArtifact()) {
  const stack = new Stack(app, `Region-${region}`, { env: { account: '000000000000', region } });
  const short = region.replace(/^([a-z]{2}).*-([a-z])[a-z]*-(\d)$/, '$1$2$3');
  const network = new RegionNetwork(stack, 'Network', {
    cidr: '10.10.0.0/16',
    zoneIds: [`${short}-az1`, `${short}-az2`, `${short}-az3`],
  });
  const certificate = Certificate.fromCertificateArn(
    stack,
    'Certificate',
    stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'of-the-service' }),
  );
  const balancer = new BlueGreenBalancer(stack, 'Balancer', {
    vpc: network.vpc,
    certificates: [certificate],
  });
  const blue = new CloneGroup(stack, 'Blue', {
    vpc: network.vpc,
    vpcSubnets: network.privateSubnets,
    artifact,
    minimumClones: 3,
    maximumClones: 12,
    environment: { HOLDFAST_APPLICATION: 'orders', HOLDFAST_QUEUE_URL: stack.stackId },
  });
  balancer.attach('blue', blue);
  blue.scaleOnRequests({ requestsPerClonePerSecond: 200 });
  const worker = new CloneGroup(stack, 'Worker', {
    vpc: network.vpc,
    artifact,
    entry: 'worker',
    minimumClones: 1,
    maximumClones: 4,
  });
  const host = 'orders.example.com';
  const gate = new Gate(stack, 'Gate', {
    application: 'orders',
    host: gateHost(region, host),
    certificate,
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 503 });'),
  });
  const dns = new FailoverDns(stack, 'Dns', {
    region,
    chain,
    host,
    hostedZoneId: 'Z0000000000ORDERS000',
    service: balancer.aliasTarget,
    gate: gate.aliasTarget,
  });
  return { stack, network, balancer, blue, worker, gate, dns };
}
