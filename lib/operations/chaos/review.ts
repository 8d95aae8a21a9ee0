/** What a review is filled from: the parts of a drill's or a game day's report that it needs. */
export interface ReviewEvidence {
  readonly id?: string;
  readonly scenario?: string;
  readonly mode?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly rtoSeconds?: number | null;
  readonly rpoSeconds?: number | null;
  readonly objectives?: { readonly rtoSeconds: number; readonly rpoSeconds: number };
  readonly missed?: readonly unknown[];
  readonly writes?: Readonly<Record<string, unknown>>;
  readonly ledger?: Readonly<Record<string, unknown>>;
  readonly phases?: readonly { readonly name: string; readonly seconds: number; readonly within?: boolean }[];
  readonly approvals?: readonly Readonly<Record<string, unknown>>[];
}

const seconds = (value: number | null | undefined): string =>
  value == null ? 'not measured' : `${value.toFixed(1)} s`;
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * A post-incident review: facts from the evidence, and questions that only people can answer. It asks what made the act seem
 * right at the time, and never who.
 */
export function reviewOf(evidence: ReviewEvidence, file: string): string {
  const {
    id,
    scenario,
    mode,
    target,
    from,
    to,
    outcome,
    reason,
    objectives,
    phases = [],
    approvals = [],
    missed = [],
  } = evidence;
  const title = scenario ?? mode ?? 'incident';
  const move = from !== undefined && to !== undefined ? ` from ${from} to ${to}` : '';
  const facts: readonly (readonly [string, string])[] = [
    ['what', `${title}${move}${target === undefined ? '' : `, ${target}`}`],
    ...(outcome === undefined
      ? []
      : [['ended', `${outcome}${reason === undefined ? '' : `: ${reason}`}`] as const]),
    [
      'recovery time',
      `${seconds(evidence.rtoSeconds)}${objectives ? ` of ${objectives.rtoSeconds} s promised` : ''}`,
    ],
    [
      'writes lost, as time',
      `${seconds(evidence.rpoSeconds)}${objectives ? ` of ${objectives.rpoSeconds} s promised` : ''}`,
    ],
    ...Object.entries({ ...evidence.writes, ...evidence.ledger })
      .filter(([, value]) => typeof value === 'number' || typeof value === 'boolean')
      .map(([name, value]) => [name, String(value)] as const),
  ];
  return [
    `# Review: ${title}${id === undefined ? '' : ` (${id})`}`,
    '',
    `Evidence: \`${file}\`. Facts below are taken from it; the rest is yours to write within five working days.`,
    '',
    '## Facts',
    '',
    '| fact | value |',
    '| --- | --- |',
    ...facts.map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|')} |`),
    '',
    ...(phases.length === 0
      ? []
      : [
          '| phase | seconds | within its budget |',
          '| --- | --- | --- |',
          ...phases.map(
            ({ name, seconds: took, within }) =>
              `| ${name} | ${took.toFixed(1)} | ${within === undefined ? '-' : within ? 'yes' : 'no'} |`,
          ),
          '',
        ]),
    ...(approvals.length === 0
      ? []
      : [
          'Who agreed to what:',
          '',
          ...approvals.map(each => `- ${Object.values(each).map(text).join(', ')}`),
          '',
        ]),
    missed.length === 0 ? 'No objective was missed.' : `Missed: ${missed.map(text).join('; ')}.`,
    '',
    '## What users felt',
    '',
    '_Who, for how long, and how do you know? Which service levels burned, and how much of their budget?_',
    '',
    '## How it was noticed',
    '',
    '_Which alarm told whom, how long after it began? If a person noticed first: which alarm was missing?_',
    '',
    '## What made it possible',
    '',
    '_Conditions and not culprits: what made each act seem right at the time? What held, and could have failed too?_',
    '',
    '## What was believed, and what was so',
    '',
    '_The hypothesis of the experiment, or of the design; what refuted it._',
    '',
    '## What changes',
    '',
    '| what | owner | by | how it will be seen to work |',
    '| --- | --- | --- | --- |',
    '| | | | |',
    '',
    '_Each change is tried by the same scenario again before it counts as done._',
    '',
  ].join('\n');
}
