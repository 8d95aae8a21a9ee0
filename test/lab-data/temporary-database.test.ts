import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../lib/clock';
import { startTemporaryDatabase } from '../../lib/lab/temporary-database';
import { ROOT } from '../helpers/sources';

jest.setTimeout(60_000);

const REGION = 'us-east-2';
const DIST = path.join(ROOT, 'dist', 'lib');
const PROGRAM = `
const { systemClock } = require(${JSON.stringify(path.join(DIST, 'clock'))});
const { startTemporaryDatabase } = require(${JSON.stringify(path.join(DIST, 'lab', 'temporary-database'))});
startTemporaryDatabase(['${REGION}'], systemClock).then(database =>
  console.log(JSON.stringify({ port: database.port('${REGION}'), file: database.passwordFile })),
);`;

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });

test('servers that a killed process left behind are stopped by the next start; those of a living one go on', async () => {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const left = JSON.parse(line) as { port: number; file: string };
  const used = await startTemporaryDatabase([REGION], systemClock);
  try {
    expect(await answers(left.port)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    // PostgreSQL does not notice the death of whoever started it.
    expect(await answers(left.port)).toBe(true);
    const next = await startTemporaryDatabase([REGION], systemClock);
    await next.stop();
    expect(await answers(left.port)).toBe(false);
    expect(existsSync(left.file)).toBe(false);
    expect(await answers(used.port(REGION))).toBe(true);
  } finally {
    await used.stop();
  }
});
