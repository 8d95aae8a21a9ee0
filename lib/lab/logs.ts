import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { labPaths } from './paths';

/** A log of the lab. */
export interface LabLog {
  readonly file: string;
  /** Name of the process, such as `service-us-east-2-i-0a1b2c`. */
  readonly source: string;
}

/** The logs of a project's lab, running or ended; none where there never was one. */
export function labLogs(projectRoot: string): readonly LabLog[] {
  const { logs } = labPaths(projectRoot);
  try {
    return readdirSync(logs)
      .filter(name => name.endsWith('.log'))
      .sort()
      .map(name => ({ file: path.join(logs, name), source: name.slice(0, -'.log'.length) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The lines of a log, one by one, however long it is. */
export async function* linesOf({ file }: LabLog): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
      yield line;
  } finally {
    stream.destroy();
  }
}
