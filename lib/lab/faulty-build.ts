import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../errors';
import { packageRoot } from './package-root';
import { runTool } from './tool';

/** What is wrong with a build; `none` differs from the built one in a comment alone. */
export const BUILD_FAULTS = ['none', 'errors', 'orders', 'latency', 'crash', 'health'] as const;
/** One of {@link BUILD_FAULTS}. */
export type BuildFault = (typeof BUILD_FAULTS)[number];

/**
 * What each does with a request that is no health check, as the body of `(request, response, serve) =>`. It returns whether it
 * has taken the request.
 */
const BODIES: Readonly<Record<BuildFault, string>> = {
  none: 'return false;',
  // Every request fails.
  errors: 'response.writeHead(500); response.end(); return true;',
  // Only what clients ask for fails: no probe sees it.
  orders: `if (!request.url.startsWith('/orders')) return false;
    response.writeHead(500); response.end(); return true;`,
  latency: 'setTimeout(serve, 2000); return true;',
  // It dies a second after its first request, over those that it has.
  crash: 'setTimeout(() => process.exit(1), 1000); return false;',
  // From its first request on it fails its health checks, and nothing else.
  health: 'ill = true; return false;',
};

/** The code that stands before the program. */
const preamble = (fault: BuildFault, mark: string): string => `// lab build ${mark}: ${fault}
{
  const { Server } = require('node:http');
  const { emit } = Server.prototype;
  let ill = false;
  const strike = (request, response, serve) => { ${BODIES[fault]} };
  Server.prototype.emit = function (name, request, response, ...rest) {
    if (name !== 'request') return emit.call(this, name, request, response, ...rest);
    if (request.url === '/healthz') {
      if (!ill) return emit.call(this, name, request, response, ...rest);
      response.writeHead(500); response.end();
      return true;
    }
    const serve = () => emit.call(this, name, request, response, ...rest);
    return strike(request, response, serve) || serve();
  };
}
`;

/**
 * Packs the built application once more, with a fault in its service: a build that a lab can release.
 *
 * @param mark makes it differ from every other build
 * @throws HoldfastError `environment` when nothing is built, or cannot be packed
 */
export async function faultyBuild(
  fault: BuildFault,
  mark: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Buffer> {
  const built = path.join(packageRoot(), 'dist', 'artifacts', 'app.tgz');
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-build-'));
  const contents = path.join(folder, 'contents');
  const packed = path.join(folder, 'app.tgz');
  const tar = async (...args: string[]) => {
    const signal = new AbortController().signal;
    const result = await runTool('tar', args, { cwd: folder, env: environment, signal });
    if (result.exitCode !== 0) {
      throw new HoldfastError('environment', `cannot pack a build from ${built}: ${result.output}`);
    }
  };
  try {
    mkdirSync(contents);
    await tar('-xzf', built, '-C', contents);
    const program = path.join(contents, 'service', 'index.cjs');
    writeFileSync(program, preamble(fault, mark) + readFileSync(program, 'utf8'));
    await tar('-czf', packed, '-C', contents, '.');
    return readFileSync(packed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
