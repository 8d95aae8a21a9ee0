import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../lib/clock';
import { type ControlPlane, startControlPlane } from '../../lib/lab/emulator';
import { GatewayClient, type RegisterPlace } from '../../lib/lab/gateway';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { ProcessRegistry } from '../../lib/lab/processes';
import { type PythonTools, preparePython } from '../../lib/lab/python';
import type { OutputEvent } from '../../lib/ports';

export const REPOSITORY = path.resolve(__dirname, '../..');
export const TOKEN = 'token-of-the-test';

/** Where the register stands in these tests. */
export const REGISTER: RegisterPlace = {
  tableName: 'orders-register',
  home: 'us-east-2',
  regions: ['us-east-2', 'us-west-2'],
  witness: 'us-east-1',
};

/** A control plane of a test, in a project folder of its own. */
export interface TestControlPlane extends ControlPlane {
  readonly admin: GatewayClient;
  readonly paths: LabPaths;
  /** Settings of an SDK client that does not retry, so that a refusal is seen at once. */
  client(region: string): {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
    forcePathStyle: boolean;
  };
}

/** The virtual environment of the repository's own lab; made on first use and kept. */
export function pythonTools(events: OutputEvent[] = []): Promise<PythonTools> {
  return preparePython({
    folder: path.join(REPOSITORY, '.holdfast', 'python'),
    environment: process.env,
    output: { emit: event => void events.push(event) },
    signal: new AbortController().signal,
  });
}

/** Starts gateway and emulator for a test file; `stop` leaves nothing. */
export async function testControlPlane(): Promise<TestControlPlane> {
  const project = mkdtempSync(path.join(tmpdir(), 'holdfast-control-'));
  const paths = labPaths(project);
  createLabFolders(paths);
  const plane = await startControlPlane({
    paths,
    registry: new ProcessRegistry(paths, systemClock),
    clock: systemClock,
    tools: await pythonTools(),
    hostedZones: [{ id: 'Z0000000000ORDERS000', name: 'example.com' }],
    environment: process.env,
    signal: new AbortController().signal,
    register: REGISTER,
    token: TOKEN,
  });
  const { endpoint } = plane;
  return {
    ...plane,
    paths,
    admin: new GatewayClient(endpoint, TOKEN),
    client: region => ({
      region,
      endpoint,
      credentials: { accessKeyId: 'tester', secretAccessKey: 'x' },
      maxAttempts: 1,
      forcePathStyle: true,
    }),
    stop: async () => {
      await plane.stop();
      rmSync(project, { recursive: true, force: true });
      rmSync(paths.data, { recursive: true, force: true });
    },
  };
}
