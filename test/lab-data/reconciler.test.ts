import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { systemClock as clock } from '../../lib/clock';
import { Balancer } from '../../lib/lab/balancer';
import { HealthChecker } from '../../lib/lab/checks';
import { DnsServer } from '../../lib/lab/dns';
import { type ControlPlane, startControlPlane } from '../../lib/lab/emulator';
import { freePort, regionAddress } from '../../lib/lab/network';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { ProcessRegistry } from '../../lib/lab/processes';
import { preparePython } from '../../lib/lab/python';
import {
  ArtifactStore,
  destroyClients,
  Problems,
  Reconciler,
  type RegionClients,
  RegionFollower,
  regionClients,
} from '../../lib/lab/reconciler';
import { stopAll } from '../../lib/lab/stop-processes';
import { waitFor } from '../../lib/lab/wait-for';

jest.setTimeout(180_000);

const region = 'us-east-2';
const host = regionAddress(0);
const output = { emit: () => undefined };
const project = path.join(__dirname, '../..');
/** A clone in three lines: says who it is, or that it is healthy. */
const program = `
  const [host, port] = process.env.HOLDFAST_LISTEN.split(':');
  require('http').createServer((q, s) => s.end(q.url === '/healthz' ? 'ok' : process.env.HOLDFAST_INSTANCE_ID + ' ' +
    process.env.GREETING + ' ' + process.env.AWS_ENDPOINT_URL)).listen(port, host);`;

let paths: LabPaths;
let plane: ControlPlane;
let clients: RegionClients;
let balancer: Balancer;
let dns: DnsServer;
let checker: HealthChecker;
let follower: RegionFollower;
let reconciler: Reconciler;
let servicePort: number;
let dnsPort: number;
let targetGroup: string;
const problems = new Problems({ emit: () => undefined });

const eventually = <T>(what: string, look: () => Promise<T | false> | T | false) =>
  waitFor(look, { clock, timeout: 20_000, interval: 50, what }).catch(error => {
    const seen = {
      problems: problems.list(),
      instances: follower.instances.status(),
      health: [...balancer.health()],
    };
    throw new Error(`${error.message}: ${JSON.stringify(seen)}`);
  });
const ask = async () => (await fetch(`http://${host}:${servicePort}/`)).text();
const states = () => [...balancer.health().values()].flat().map(target => target.state);
const healthyClones = (count: number) =>
  eventually(
    `${count} healthy clones`,
    () => states().length === count && states().every(state => state === 'healthy'),
  );

beforeAll(async () => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-reconciler-')));
  createLabFolders(paths);
  const signal = new AbortController().signal;
  const folder = path.join(project, '.holdfast', 'python');
  const tools = await preparePython({ folder, environment: process.env, output, signal });
  const registry = new ProcessRegistry(paths, clock);
  const hostedZones = [{ id: 'Z0000000000ORDERS000', name: 'example.com' }];
  plane = await startControlPlane({
    ...{ paths, registry, clock, tools, hostedZones, signal, token: 'token' },
    environment: process.env,
  });
  clients = regionClients(plane.endpoint, region);
  await startParts(registry);
  await deploy();
  reconciler.start();
});

afterAll(async () => {
  await reconciler?.stop();
  checker?.close();
  await Promise.all([balancer?.close(), dns?.close()]);
  if (clients !== undefined) destroyClients(clients);
  await plane?.stop();
  await stopAll(paths, clock);
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

async function startParts(registry: ProcessRegistry): Promise<void> {
  servicePort = await freePort(host);
  dnsPort = await freePort('127.0.0.1');
  balancer = new Balancer({ host, port: servicePort, idleTimeout: 6000, clock, onHealth: () => undefined });
  checker = new HealthChecker({
    clock,
    timeScale: 10,
    endpointOf: () => undefined,
    onStatus: () => undefined,
  });
  const artifacts = new ArtifactStore({
    folder: path.join(paths.state, 'artifacts'),
    s3: () => clients.s3,
    environment: process.env,
  });
  follower = new RegionFollower({
    ...{ application: 'orders', region, host, gates: [{ port: 1 }], timeScale: 10, endpoint: plane.endpoint },
    ...{ clients, balancer, registry, clock, output, problems, gateOverlay: {} },
    overlay: { AWS_ENDPOINT_URL: plane.endpoint, TAKEN_AWAY: undefined },
    program: launch => artifacts.program(region, launch.artifact),
    kick: () => reconciler.kick(),
  });
  const world = {
    checkIsHealthy: () => true,
    resourceAddresses: (name: string) => reconciler.resourceAddresses(name),
    timeScale: 10,
  };
  dns = new DnsServer({ host: '127.0.0.1', port: dnsPort, world });
  reconciler = new Reconciler({
    serviceHosts: ['orders.example.com'],
    regions: [follower],
    gateway: plane.gateway.state,
    ...{ clients, dns, checker, clock, output, problems },
  });
  await Promise.all([balancer.listen(), dns.listen()]);
}

/** What the templates make, by hand: artifact, launch template, balancer, group and record. */
async function deploy(): Promise<void> {
  const app = path.join(paths.projectRoot, 'app', 'service');
  mkdirSync(app, { recursive: true });
  writeFileSync(path.join(app, 'index.cjs'), program);
  const packed = path.join(paths.projectRoot, 'app.tgz');
  execFileSync('tar', ['-czf', packed, '-C', path.dirname(app), '.']);
  const body = readFileSync(packed);
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'assets' }));
  await clients.s3.send(new PutObjectCommand({ Bucket: 'assets', Key: 'app.tgz', Body: body }));
  const sha256 = createHash('sha256').update(body).digest('hex');
  const script = [
    `# holdfast-artifact s3://assets/app.tgz sha256=${sha256} entry=service`,
    `cat > /etc/holdfast/service.env <<'HOLDFAST_ENV'\nGREETING=hello\nTAKEN_AWAY=1\nHOLDFAST_ENV\n`,
  ].join('\n');
  const UserData = Buffer.from(script).toString('base64');
  const template = { LaunchTemplateName: 'clones', LaunchTemplateData: { UserData } };
  await clients.ec2.send(new CreateLaunchTemplateCommand(template));
  targetGroup = await makeBalancer();
  await createGroup({
    AutoScalingGroupName: 'orders-blue',
    MinSize: '2',
    MaxSize: '4',
    AvailabilityZones: ['us-east-2a'],
    LaunchTemplate: { LaunchTemplateName: 'clones', Version: '1' },
    TargetGroupARNs: [targetGroup],
  });
}

/** By a template, as in life: the API of the emulator forgets target groups. */
async function createGroup(Properties: object): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CloudFormationClient({ endpoint: plane.endpoint, region, credentials });
  const Resources = { Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties } };
  const TemplateBody = JSON.stringify({ Resources });
  await client.send(new CreateStackCommand({ StackName: 'clones', TemplateBody }));
  client.destroy();
}

async function makeBalancer(): Promise<string> {
  const { LoadBalancers } = await clients.balancing.send(new CreateLoadBalancerCommand({ Name: 'orders' }));
  const { TargetGroups } = await clients.balancing.send(
    new CreateTargetGroupCommand({
      ...{ Name: 'orders-blue', Protocol: 'HTTP', Port: 8080, HealthCheckPath: '/healthz' },
      ...{ HealthCheckIntervalSeconds: 5, HealthyThresholdCount: 2, UnhealthyThresholdCount: 2 },
    }),
  );
  const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const ForwardConfig = { TargetGroups: [{ TargetGroupArn: arn, Weight: 100 }] };
  await clients.balancing.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      DefaultActions: [{ Type: 'forward', ForwardConfig }],
    }),
  );
  await clients.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z0000000000ORDERS000',
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: 'orders.example.com',
              Type: 'A',
              AliasTarget: {
                DNSName: `dualstack.${LoadBalancers?.[0]?.DNSName}`,
                HostedZoneId: 'Z3AADJGX6KTTL2',
                EvaluateTargetHealth: false,
              },
            },
          },
        ],
      },
    }),
  );
  return arn;
}

const resize = (size: object) =>
  clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'orders-blue', ...size }),
  );

test('a group becomes processes of its artifact, with its environment and what the lab lays over it', async () => {
  await healthyClones(2);
  const answers = [await ask(), await ask()];
  expect(new Set(answers.map(answer => answer.split(' ')[0])).size).toBe(2);
  for (const answer of answers) expect(answer).toMatch(new RegExp(`^i-\\w+ hello ${plane.endpoint}$`));
});

test('the record leads to the balancer of the Region', async () => {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${dnsPort}`]);
  const addresses = await eventually('the record', () => resolver.resolve4('orders.example.com'));
  expect(addresses).toEqual([host]);
});

test('a raised minimum starts clones although desired capacity was not named, a lowered one stops them', async () => {
  await resize({ MinSize: 3 });
  await healthyClones(3);
  await resize({ MinSize: 1, DesiredCapacity: 1 });
  await healthyClones(1);
  await eventually('one process', () => follower.instances.status().length === 1);
  await resize({ MinSize: 2, DesiredCapacity: 2 });
  await healthyClones(2);
});

test('a killed clone comes back under its id and takes requests again', async () => {
  const before = follower.instances.status().map(instance => instance.id);
  const [first] = follower.instances.struck({ entries: ['service'] });
  first?.kill('SIGKILL');
  await eventually('the restart', () =>
    follower.instances.status().some(instance => instance.restarts === 1),
  );
  await healthyClones(2);
  expect(follower.instances.status().map(instance => instance.id)).toEqual(before);
});

test('what is held stays down until it is released', async () => {
  await follower.hold('service');
  await eventually('no clones', () => follower.instances.status().length === 0);
  expect((await fetch(`http://${host}:${servicePort}/`)).status).toBe(503);
  await follower.release('service');
  await healthyClones(2);
});

test('while the control plane does not answer everything stays as it is', async () => {
  plane.gateway.state.injectFault({ id: 'down', match: {}, effect: { kind: 'error', status: 503 } });
  const rounds = reconciler.count;
  reconciler.kick();
  await eventually('another round', () => reconciler.count > rounds + 1);
  expect(states()).toEqual(['healthy', 'healthy']);
  plane.gateway.state.clearFault('down');
});
