import type { RehearsalReport } from './rehearse';

/** A rehearsal for people, in Markdown. */
export function renderRehearsal(report: RehearsalReport): string {
  const { id, of, from, to, verdict, checks, steps, unproven, calls } = report;
  return [
    `# Rehearsal ${id}`,
    '',
    `${of} from ${from} to ${to}: **${verdict}**; nothing was changed`,
    '',
    '## Preflight',
    '',
    ...checks.map(
      check => `- ${check.id}: ${check.state}${check.accepted ? ' (accepted)' : ''}, ${check.text}`,
    ),
    '',
    ...steps.flatMap(({ step, phase, title, precondition, looks, sends }) => [
      `## ${step} (${phase})`,
      '',
      `${title}; before it: ${precondition}`,
      '',
      ...looks.map(({ state, text }) => `- ${state}: ${text}`),
      ...sends.map(send => `- would send: ${send}`),
      '',
    ]),
    '## Not shown by a rehearsal',
    '',
    ...unproven.map(item => `- ${item}`),
    '',
    `${calls.length} calls were made, all of them looks.`,
    '',
  ].join('\n');
}
