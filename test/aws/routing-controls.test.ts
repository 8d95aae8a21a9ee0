import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlCluster } from '../../lib/aws/routing-control-cluster';
import {
  type ControlCluster,
  type ControlEndpoint,
  type ControlStates,
  turnControls,
} from '../../lib/aws/routing-controls';
import { systemClock } from '../../lib/clock';
import { VirtualClock } from '../drill/virtual-clock';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'];
const WANTED: ControlStates = { east: 'Off', west: 'On' };
const BEFORE: ControlStates = { east: 'On', west: 'Off' };

/** How an endpoint is: a stale one takes a change and forgets it, and shows what was before. */
type Condition = 'good' | 'dead' | 'slow' | 'stale';
const CONDITIONS: readonly Condition[] = ['good', 'dead', 'slow', 'stale'];

class World implements ControlCluster {
  states: ControlStates = BEFORE;
  constructor(private readonly conditions: Readonly<Record<string, Condition>>) {}

  async update(endpoint: ControlEndpoint, states: ControlStates, signal: AbortSignal): Promise<void> {
    if ((await this.reach(endpoint, signal)) === 'good') this.states = states;
  }

  async read(endpoint: ControlEndpoint, _controls: readonly string[], signal: AbortSignal) {
    return (await this.reach(endpoint, signal)) === 'good' ? this.states : BEFORE;
  }

  private async reach({ region }: ControlEndpoint, signal: AbortSignal): Promise<Condition> {
    const condition = this.conditions[region] ?? 'dead';
    if (condition === 'dead') throw new Error('connection refused');
    if (condition === 'slow') {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    return condition;
  }
}

const endpoints = REGIONS.map(region => ({ region, url: `https://${region}.example.com/v1` }));

/** Every way in which five endpoints can be is looked at by `npm run prove`, every seventh by `npm test`. */
const EVERY = process.env.HOLDFAST_PROVE === '1' ? 1 : 7;

function* worlds(): Generator<Readonly<Record<string, Condition>>> {
  for (let number = 0; number < CONDITIONS.length ** REGIONS.length; number += EVERY) {
    yield Object.fromEntries(
      REGIONS.map((region, at) => [
        region,
        CONDITIONS[Math.floor(number / CONDITIONS.length ** at) % CONDITIONS.length] as Condition,
      ]),
    );
  }
}

test('of the 1,024 states of five endpoints, in each the controls turn when one is good, and else it is said', async () => {
  const wrong: string[] = [];
  let turned = 0;
  let good = 0;
  for (const conditions of worlds()) {
    const world = new World(conditions);
    const clock = new VirtualClock();
    const begun = clock.monotonic();
    const random = () => (turned % REGIONS.length) / REGIONS.length;
    const result = await turnControls({ cluster: world, endpoints, states: WANTED, clock, random }).then(
      () => 'turned',
      (error: Error) => error.message,
    );
    const hasGood = Object.values(conditions).includes('good');
    if (hasGood) good += 1;
    const isRight = hasGood
      ? result === 'turned' && world.states === WANTED
      : /cannot be turned/.test(result) && REGIONS.every(region => result.includes(region));
    if (!isRight || clock.monotonic() - begun > 60_000)
      wrong.push(`${JSON.stringify(conditions)}: ${result}`);
    if (result === 'turned') turned += 1;
  }
  expect(wrong).toEqual([]);
  expect(turned).toBe(good);
  expect(good).toBeGreaterThan(100);
}, 60_000);

describe('over HTTP', () => {
  const servers: Server[] = [];
  const calls: string[] = [];
  let states: Record<string, string> = { ...BEFORE };

  /** A stand-in for one endpoint: the real ones exist in AWS alone. */
  async function serve(condition: Condition): Promise<string> {
    const server = createServer((message, response) => {
      let text = '';
      message.on('data', chunk => {
        text += chunk;
      });
      message.on('end', () => {
        if (condition === 'slow') return;
        const action = String(message.headers['x-amz-target']).split('.')[1] ?? '';
        calls.push(action);
        const body = JSON.parse(text) as {
          UpdateRoutingControlStateEntries?: { RoutingControlArn: string; RoutingControlState: string }[];
          RoutingControlArn?: string;
        };
        for (const entry of body.UpdateRoutingControlStateEntries ?? []) {
          if (condition === 'good') states[entry.RoutingControlArn] = entry.RoutingControlState;
        }
        const shown = condition === 'good' ? states : (BEFORE as Record<string, string>);
        const answer =
          body.RoutingControlArn === undefined
            ? {}
            : {
                RoutingControlArn: body.RoutingControlArn,
                RoutingControlState: shown[body.RoutingControlArn],
              };
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
      });
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (condition === 'dead') await new Promise(resolve => server.close(resolve));
    return `http://127.0.0.1:${port}`;
  }

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    states = { ...BEFORE };
    calls.length = 0;
  });

  const cluster = controlCluster({ credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  afterAll(() => cluster.close());

  const turn = (urls: readonly string[]) =>
    turnControls({
      cluster,
      endpoints: urls.map((url, at) => ({ region: REGIONS[at] ?? '', url })),
      states: WANTED,
      clock: systemClock,
      random: () => 0,
      patience: 100,
      limit: 2000,
    });

  test('one dead, one slow, two stale and a good one: the good one turns both controls in one call', async () => {
    const urls = await Promise.all((['dead', 'slow', 'stale', 'stale', 'good'] as const).map(serve));
    const result = await turn(urls);
    expect(states).toEqual(WANTED);
    expect(result).toMatchObject({ takenBy: REGIONS[4], shownBy: REGIONS[4] });
    expect(result.problems.join()).toContain('states of before');
    expect(calls).toContain('UpdateRoutingControlStates');
  });

  test('all five dead: each is named with its reason', async () => {
    const urls = await Promise.all(REGIONS.map(() => serve('dead')));
    await expect(turn(urls)).rejects.toThrow(/cannot be turned: us-east-1: .*ap-southeast-2: /);
  });
});
