import { LineCounter, parseDocument } from 'yaml';
import { HoldfastError, type Problem } from '../../errors';
import type { Json } from '../model';
import { assertDepth, readTextFile } from '../read-json';
import { type IgnoreEntry, ignoreDocument } from './entry';

/** What is ignored, as reviewed. */
export interface IgnoreFile {
  /** Its name, for what is said of it. */
  readonly name: string;
  readonly entries: readonly IgnoreEntry[];
}

const FIX = 'give rule, stack, region, resource, reason, owner and expires; path may be left out';

/**
 * The ignore file of a project, in YAML or JSON.
 *
 * @throws HoldfastError `invalid-input` with every problem at once
 */
export const readIgnoreFile = (file: string): IgnoreFile => parseIgnoreFile(readTextFile(file), file);

/**
 * The entries of an ignore file.
 *
 * @throws HoldfastError `invalid-input` with every problem at once
 */
export function parseIgnoreFile(text: string, name: string): IgnoreFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0) {
    throw refused(
      name,
      document.errors.map(({ pos, message }) => ({
        path: `${name}:${lineCounter.linePos(pos[0]).line}`,
        message: message.split('\n')[0]?.toLowerCase() ?? 'is no YAML',
        fix: 'correct the YAML or JSON',
      })),
    );
  }
  const value = document.toJS() as Json;
  assertDepth(value, name);
  const read = ignoreDocument.safeParse(value);
  if (read.success) return { name, entries: read.data.entries };
  throw refused(
    name,
    read.error.issues.map(issue => {
      const node = document.getIn(issue.path as (string | number)[], true) as
        | { range?: [number] }
        | undefined;
      const line = node?.range === undefined ? '' : `:${lineCounter.linePos(node.range[0]).line}`;
      const path = issue.path.reduce<string>(
        (left, step) => (typeof step === 'number' ? `${left}[${step}]` : `${left}.${String(step)}`),
        '',
      );
      return {
        path: `${name}${line}: ${path.slice(1) || 'document'}`,
        message: issue.message.toLowerCase(),
        fix: FIX,
      };
    }),
  );
}

const refused = (name: string, problems: readonly Problem[]): HoldfastError =>
  new HoldfastError('invalid-input', `${name} is no ignore file that can be used`, problems);
