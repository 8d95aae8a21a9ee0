import path from 'node:path';
import { z } from 'zod';
import type { DriftRule } from '../../drift';
import { HoldfastError } from '../../errors';

const rule = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  class: z.enum(['noise', 'expected', 'change', 'danger']),
  ...{ title: z.string(), why: z.string(), fix: z.string(), source: z.string() },
  types: z.array(z.string()).optional(),
  explainsReplacement: z.boolean().optional(),
  judge: z.custom<DriftRule['judge']>(value => typeof value === 'function', 'is no function'),
});

/**
 * Rules of the user's own, from a JavaScript module whose default export or `rules` is a list of them.
 *
 * @throws HoldfastError `invalid-input` when it cannot be loaded, or a rule is not whole
 */
export function readRules(file: string): readonly DriftRule[] {
  let loaded: { readonly default?: unknown; readonly rules?: unknown };
  try {
    loaded = require(path.resolve(file)) as typeof loaded;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw invalid(file, [
      { path: file, message: `cannot be loaded: ${said}`, fix: 'name a CommonJS module' },
    ]);
  }
  const list = loaded.rules ?? loaded.default ?? loaded;
  const read = z.array(rule).min(1).safeParse(list);
  if (read.success) return list as readonly DriftRule[]; // itself, since a rule may use `this`
  throw invalid(
    file,
    read.error.issues.map(issue => ({
      path: `rules[${issue.path.join('.')}]`,
      message: issue.message.toLowerCase(),
      fix: 'give a list of rules: id, class, title, why, fix, source, judge',
    })),
  );
}

const invalid = (file: string, problems: ConstructorParameters<typeof HoldfastError>[2]) =>
  new HoldfastError('invalid-input', `${file} holds no rules`, problems);
