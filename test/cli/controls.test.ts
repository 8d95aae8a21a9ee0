import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../../lib/cli/program';
import { systemClock } from '../../lib/clock';
import { ROOT } from '../helpers/sources';

const CONTROLS = { 'us-east-2': 'arn:east', 'us-west-2': 'arn:west' };
const saved = { ...process.env };
const states: Record<string, string> = {};
let parameter: string | undefined;
let server: Server;
let url: string;

/** A stand-in for Parameter Store and for one endpoint of a cluster, which exists in AWS alone. */
beforeAll(async () => {
  server = createServer((message, response) => {
    let text = '';
    message.on('data', chunk => {
      text += chunk;
    });
    message.on('end', () => {
      const body = JSON.parse(text) as {
        RoutingControlArn?: string;
        UpdateRoutingControlStateEntries?: { RoutingControlArn: string; RoutingControlState: string }[];
      };
      const send = (status: number, value: object) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(value));
      const target = String(message.headers['x-amz-target']);
      if (target.endsWith('GetParameter')) {
        if (parameter === undefined) send(400, { __type: 'ParameterNotFound' });
        else send(200, { Parameter: { Value: parameter } });
        return;
      }
      for (const entry of body.UpdateRoutingControlStateEntries ?? []) {
        states[entry.RoutingControlArn] = entry.RoutingControlState;
      }
      send(200, { RoutingControlState: states[body.RoutingControlArn ?? ''] });
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  process.env = saved;
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  parameter = JSON.stringify({ endpoints: [{ region: 'eu-west-1', url }], controls: CONTROLS });
  for (const key of Object.keys(states)) delete states[key];
});

async function turn(...words: string[]) {
  const printed: string[] = [];
  let exitCode = 0;
  await runProgram(
    {
      ...{ projectRoot: ROOT, installRoot: ROOT, clock: systemClock, colour: false, environment: {} },
      signal: new AbortController().signal,
      output: { emit: () => undefined },
      print: text => printed.push(text),
      exit: code => {
        exitCode = code;
      },
    },
    ['node', 'holdfast', 'controls', 'turn', '--parameter', '/orders/turn', ...words, '--json'],
  );
  return { exitCode, document: JSON.parse(printed.join('')) };
}

test('without --execute it only says what it would do', async () => {
  const { exitCode, document } = await turn('--to', 'us-west-2');
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({
    executed: false,
    plan: [
      { region: 'us-east-2', state: 'Off' },
      { region: 'us-west-2', state: 'On' },
    ],
  });
  expect(states).toEqual({});
});

test('it turns one on and the others off, once the Region was typed again', async () => {
  const refused = await turn('--to', 'us-west-2', '--execute');
  expect([refused.exitCode, refused.document.error.code]).toEqual([1, 'refused']);
  expect(states).toEqual({});
  const { exitCode, document } = await turn('--to', 'us-west-2', '--execute', '--confirm', 'us-west-2');
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ executed: true, takenBy: 'eu-west-1', shownBy: 'eu-west-1' });
  expect(states).toEqual({ 'arn:east': 'Off', 'arn:west': 'On' });
});

test.each([
  ['{"endpoints":[]}', 'holds no routing controls'],
  ['not JSON', 'holds no routing controls'],
  [undefined, '/orders/turn'],
])('a parameter that holds %j is refused', async (text, why) => {
  parameter = text;
  const { exitCode, document } = await turn('--to', 'us-west-2');
  expect(exitCode).toBe(1);
  expect(document.error.message).toContain(why);
});

test('a Region without a control is refused, with those there are', async () => {
  const { exitCode, document } = await turn('--to', 'mars-1');
  expect(exitCode).toBe(1);
  expect(JSON.stringify(document)).toContain('use us-east-2, us-west-2');
});
