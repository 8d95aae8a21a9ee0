import path from 'node:path';
import { HoldfastError } from '../../errors';
import type { PythonTools } from '../python';
import { runTool } from '../tool';
import { PARTLY } from './support-notes';

/** How far a resource type of the templates goes in the lab. */
export type SupportLevel = 'emulated' | 'bridged' | 'partly' | 'not emulated';

/** One line of the support table. */
export interface Support {
  readonly type: string;
  readonly level: SupportLevel;
  /** What is added, kept or left out. */
  readonly note: string;
}

/** Who creates which types. */
export interface SupportProbe {
  /** Types that the emulator creates by itself. */
  readonly emulator: readonly string[];
  /** Types that our launcher adds. */
  readonly bridge: readonly string[];
}

/**
 * Asks the pinned emulator and the launcher's own handlers which types they create.
 *
 * @throws HoldfastError `environment` when the emulator cannot be loaded
 */
export async function probeSupport(tools: PythonTools, signal: AbortSignal): Promise<SupportProbe> {
  const folder = path.dirname(tools.emulatorLauncher);
  const env = { PYTHONDONTWRITEBYTECODE: '1', LOG_LEVEL: 'ERROR' };
  const result = await runTool(tools.python, [path.join(folder, 'support.py')], { cwd: folder, env, signal });
  const document = result.output.split('\n').find(line => line.startsWith('{'));
  if (result.exitCode !== 0 || document === undefined) {
    throw new HoldfastError('environment', `the emulator cannot be asked what it creates:\n${result.output}`);
  }
  return JSON.parse(document) as SupportProbe;
}

/** Support of every given type, in alphabetical order. */
export function supportOf(types: Iterable<string>, probe: SupportProbe): readonly Support[] {
  return [...new Set(types)].sort().map(type => {
    const note = PARTLY[type];
    if (probe.bridge.includes(type)) return { type, level: 'bridged', note: note ?? 'made by the launcher' };
    if (!probe.emulator.includes(type)) return { type, level: 'not emulated', note: 'exists by name only' };
    return note === undefined ? { type, level: 'emulated', note: '' } : { type, level: 'partly', note };
  });
}

/** The support table as Markdown, its columns aligned as the formatter aligns them. */
export function supportTable(lines: readonly Support[]): string {
  const head = ['resource type', 'in the lab', 'what is added, kept or left out'];
  const rows = [head, ...lines.map(({ type, level, note }) => [`\`${type}\``, level, note])];
  const widths = head.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [first = head, ...rest] = rows;
  return [line(first), line(widths.map(width => '-'.repeat(width))), ...rest.map(line)].join('\n');
}
