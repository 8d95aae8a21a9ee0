import { statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { reasonOf } from '../runtime/errors';
import { labPaths } from './paths';
import { locatePostgres } from './postgres';
import { findInterpreter } from './python-interpreter';

/** Something of a machine, or why it is not there or could not be looked at. */
export type Looked<T> = { readonly value: T } | { readonly missing: string } | { readonly unknown: string };

/** What a lab needs of the machine that it runs on. */
export interface MachineFacts {
  /** As Node names it, such as `linux`. */
  readonly platform: string;
  /** Version of Node, such as `20.19.0`. */
  readonly node: string;
  /** A Python that can make virtual environments. */
  readonly python: Looked<string>;
  /** Version of the PostgreSQL that the package brings. */
  readonly postgres: Looked<string>;
  readonly memoryBytes: number;
  /** Free space where the project stands and where the lab keeps its databases. */
  readonly freeBytes: Readonly<Record<string, Looked<number>>>;
  /** Whether a server may listen at a Region's own loopback address. */
  readonly loopback: Looked<string>;
}

/** Address of the first Region of a lab. */
const FIRST_REGION = '127.0.10.1';

/** Looks at this machine. Changes nothing; what cannot be seen is unknown. */
export async function machineFacts(options: {
  readonly projectRoot: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<MachineFacts> {
  const { projectRoot } = options;
  const parent = (folder: string) => folder.replace(/\/[^/]+$/, '') || '/';
  const places = [projectRoot, parent(labPaths(projectRoot).data)];
  return {
    platform: process.platform,
    node: process.versions.node,
    python: await missingIfThrown(async () => {
      const { command, version } = await findInterpreter(options);
      return `${command} ${version}`;
    }),
    postgres: await missingIfThrown(async () => locatePostgres().version),
    memoryBytes: totalmem(),
    freeBytes: Object.fromEntries(places.map(place => [place, freeBytes(place)])),
    loopback: await listens(FIRST_REGION),
  };
}

async function missingIfThrown<T>(look: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}

function freeBytes(folder: string): Looked<number> {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return { value: bavail * bsize };
  } catch (error) {
    return { unknown: reasonOf(error) };
  }
}

function listens(address: string): Promise<Looked<string>> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve({ missing: reasonOf(error) }));
    server.listen(0, address, () => server.close(() => resolve({ value: address })));
  });
}
