import type { Journal } from '../run/journal';

/** What a person took upon himself, and when. */
export interface Approval {
  /** Wall-clock time, ISO 8601. */
  readonly at: string;
  /** User of the operating system whose command it was; `unknown` where it had none. */
  readonly by: string;
  readonly what: string;
}

/** Reads out of the journal who asked for the drill, accepted what, and took it up again. */
export function approvalsOf(journal: Journal | undefined): readonly Approval[] {
  if (journal === undefined) return [];
  const begin = journal.last('begin');
  const begun = begin === undefined ? [] : [{ ...begin, what: moveOf(begin) }];
  const accepted = journal.last('plan')?.checks.filter(check => check.accepted) ?? [];
  const unknowns = accepted.map(check => ({ what: `${check.id} may stay unknown: ${check.text}` }));
  const losses = begin?.acceptDataLoss ? [{ what: 'the loss of what the standby had not received' }] : [];
  const taken = journal.all('resume').map(entry => ({ ...entry, what: entry.what ?? 'resumed' }));
  const { at = '', by } = begin ?? {};
  const all = [...begun, ...[...losses, ...unknowns].map(one => ({ at, by, ...one })), ...taken];
  return all.map(({ at, by = 'unknown', what }) => ({ at, by, what }));
}

function moveOf({ mode, to, confirmed }: { mode: string; to: string; confirmed?: string }): string {
  const how = confirmed === undefined ? 'by command' : `typed once more: ${confirmed}`;
  return `${mode} to ${to}, ${how}`;
}
