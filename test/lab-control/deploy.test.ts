import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../lib/clock';
import { birthWaves, deployAssembly, readAssembly, type StackReference } from '../../lib/lab/deploy';
import { markedProcesses } from '../../lib/lab/proc';
import { waitFor } from '../../lib/lab/wait-for';
import type { OutputEvent } from '../../lib/ports';
import { REPOSITORY, type TestControlPlane, testControlPlane } from './control-plane';
import { Stacks } from './stacks';

jest.setTimeout(180_000);

const REGIONS = ['us-east-2', 'us-west-2'];
const LAYERS = ['foundation', 'network', 'data', 'service', 'operations', 'dns'];

function reference(region: string, layer: string): StackReference {
  const stackName = `orders-${layer}`;
  return { id: `${region}/${layer}`, stackName, region, account: '000000000000', template: '' };
}

describe('the order of birth', () => {
  test('foundations everywhere, the seed, those that join its database, DNS last everywhere', () => {
    const stacks = REGIONS.flatMap(region => LAYERS.map(layer => reference(region, layer)));
    const waves = birthWaves(stacks, { application: 'orders', homes: [{ seed: 'us-west-2' }] });
    const middle = (region: string) => LAYERS.slice(1, -1).map(layer => `${region}/${layer}`);
    expect(waves.map(wave => wave.stacks.map(stack => stack.id))).toEqual([
      ['us-east-2/foundation', 'us-west-2/foundation'],
      middle('us-west-2'),
      middle('us-east-2'),
      ['us-east-2/dns', 'us-west-2/dns'],
    ]);
  });

  test('of homes each is born before its secondaries, and a service after both', () => {
    const stacks = REGIONS.flatMap(region =>
      [...LAYERS, 'data-east', 'data-west'].map(layer => reference(region, layer)),
    );
    const homes = [
      { home: 'east', seed: 'us-east-2' },
      { home: 'west', seed: 'us-west-2' },
    ];
    const waves = birthWaves(stacks, { application: 'orders', homes });
    expect(waves.map(wave => wave.stacks.map(stack => stack.id))).toEqual([
      ['us-east-2/foundation', 'us-west-2/foundation'],
      [
        ...['us-east-2/network', 'us-east-2/data', 'us-east-2/data-east'],
        ...['us-west-2/network', 'us-west-2/data', 'us-west-2/data-west'],
      ],
      [
        ...['us-east-2/service', 'us-east-2/operations', 'us-east-2/data-west'],
        ...['us-west-2/service', 'us-west-2/operations', 'us-west-2/data-east'],
      ],
      ['us-east-2/dns', 'us-west-2/dns'],
    ]);
  });

  test('a stack of none of the layers is not forgotten', () => {
    const other = { ...reference('us-east-2', 'other'), stackName: 'something' };
    const waves = birthWaves([other], { application: 'orders', homes: [{ seed: 'us-east-2' }] });
    expect(waves).toEqual([{ name: 'foundations', stacks: [other] }]);
  });
});

describe('into the emulator', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await testControlPlane();
  });
  afterAll(() => plane?.stop());

  /** Writes an assembly as the CDK does: one nested assembly a Region, one template a stack. */
  function assemble(name: string, stacks: Readonly<Record<string, object>>): string {
    const root = path.join(plane.paths.projectRoot, name);
    const nested = REGIONS.map(region => [`assembly-${region}`, region] as const);
    write(
      root,
      'manifest.json',
      manifest(
        nested.map(([directoryName]) => [
          directoryName,
          { type: 'cdk:cloud-assembly', properties: { directoryName } },
        ]),
      ),
    );
    for (const [directory, region] of nested) {
      const here = Object.entries(stacks).filter(([id]) => id.startsWith(region));
      const artifacts = here.map(([id, template], index) => {
        const templateFile = `${region}-${index}.template.json`;
        write(path.join(root, directory), templateFile, template);
        const stackName = `orders-${id.split('/')[1]}`;
        const properties = { templateFile, stackName };
        const environment = `aws://000000000000/${region}`;
        return [
          `${region}-${index}`,
          { type: 'aws:cloudformation:stack', environment, properties, displayName: id },
        ] as const;
      });
      write(path.join(root, directory), 'manifest.json', manifest(artifacts));
    }
    return root;
  }

  const manifest = (artifacts: readonly (readonly [string, object])[]) => ({
    version: '39.0.0',
    artifacts: Object.fromEntries(artifacts),
  });

  function write(folder: string, name: string, document: object): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, name), JSON.stringify(document));
  }

  function deploy(assembly: string, events: OutputEvent[] = [], signal = new AbortController().signal) {
    return deployAssembly({
      application: 'orders',
      seed: 'us-east-2',
      homes: [{ seed: 'us-east-2' }],
      endpoint: plane.endpoint,
      caller: 'cdk',
      assembly,
      projectRoot: plane.paths.projectRoot,
      stateFolder: plane.paths.state,
      labId: plane.paths.labId,
      cdkCli: path.join(REPOSITORY, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
      environment: process.env,
      clock: systemClock,
      output: { emit: event => void events.push(event) },
      signal,
    });
  }

  const topic = (TopicName: string) => ({
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName } } },
  });

  test('deploys wave by wave under its own key, shows progress, and does it again', async () => {
    const assembly = assemble('good', {
      'us-east-2/foundation': topic('a'),
      'us-east-2/data': topic('b'),
      'us-west-2/foundation': topic('a'),
      'us-west-2/dns': topic('c'),
    });
    expect(readAssembly(assembly).map(stack => stack.id)).toHaveLength(4);
    const events: OutputEvent[] = [];
    await deploy(assembly, events);
    for (const [region, name] of [
      ['us-east-2', 'orders-data'],
      ['us-west-2', 'orders-dns'],
    ] as const) {
      expect((await new Stacks(plane.client(region)).outcome(name)).status).toBe('CREATE_COMPLETE');
    }
    const told = events.filter(event => event.code === 'lab.deploy.stack').map(event => event.data?.stack);
    expect(told.sort()).toEqual([
      'us-east-2/data',
      'us-east-2/foundation',
      'us-west-2/dns',
      'us-west-2/foundation',
    ]);
    const created = plane.gateway.state.calls.read({
      service: 'cloudformation',
      action: 'CreateStack',
      caller: 'cdk',
    });
    expect(created.map(call => call.parameters?.StackName)).toEqual([
      'CDKToolkit',
      'CDKToolkit',
      'orders-foundation',
      'orders-foundation',
      'orders-data',
      'orders-dns',
    ]);
    await deploy(assembly);
  });

  test('a failure names the resource and the reason', async () => {
    const early = {
      Type: 'AWS::RDS::DBCluster',
      Properties: { Engine: 'aurora-postgresql', GlobalClusterIdentifier: 'none' },
    };
    const assembly = assemble('bad', { 'us-east-2/service': { Resources: { Early: early } } });
    await expect(deploy(assembly)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /deploy of seed us-east-2 failed[\s\S]*Early[\s\S]*global cluster none not found/,
      ),
    });
  });

  test('an interrupt ends the CDK CLI and all that it started', async () => {
    const assembly = assemble('interrupted', { 'us-east-2/data': topic('b2') });
    // Held in the middle of its work: the fault is used up when the CLI asks for the deployed template.
    const effect = { kind: 'latency', milliseconds: 3000 } as const;
    await plane.admin.injectFault({
      id: 'slow',
      match: { caller: 'cdk', action: 'GetTemplate' },
      effect,
      remaining: 1,
    });
    const interrupt = new AbortController();
    const running = deploy(assembly, [], interrupt.signal);
    running.catch(() => undefined);
    // The emulator carries the lab's mark too.
    const cdk = () =>
      markedProcesses(plane.paths.labId).filter(one => one.pid !== plane.emulator.process.pid);
    const held = () => cdk().length > 0 && plane.gateway.state.faults().length === 0;
    await waitFor(held, { clock: systemClock, timeout: 60_000, what: 'the CDK CLI', interval: 5 });
    interrupt.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(cdk()).toEqual([]);
  });

  test('a folder without an assembly is said to be one', async () => {
    await expect(deploy(plane.paths.projectRoot)).rejects.toMatchObject({ code: 'not-found' });
  });
});
