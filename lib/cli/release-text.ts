import type { ReleasePreflight } from '../release';
import type { ReleasePlan } from '../runtime/release/release-plan';
import { expectedEnd, hasEnded } from '../runtime/release/release-state';
import type { ReleaseItem } from '../runtime/release/release-store';
import { table } from './table';

/** A release as a document: what there is of it, without the numbers by which it is kept. */
export function releaseDocument({ state, notes, holder }: ReleaseItem, now: number) {
  const { plan, stage, region, step, paused, reason, waitingFor } = state;
  return {
    version: 1,
    ...{ id: plan.id, stage, ended: hasEnded(state), paused, holder },
    build: plan.build,
    region: plan.regions[region]?.region,
    percent: stage === 'shift' ? plan.shares[step] : undefined,
    ...{ reason, waitingFor },
    expectedEnd: hasEnded(state) ? undefined : new Date(expectedEnd(state, now)).toISOString(),
    regions: plan.regions,
    notes,
  };
}

/** A release as text. */
export function formatRelease(item: ReleaseItem, now: number): string {
  const { state, notes } = item;
  const { plan, stage, paused, reason, waitingFor } = state;
  const where = plan.regions[state.region]?.region ?? '';
  const isOpen = !hasEnded(state);
  return [
    `${plan.id}: ${stage}${isOpen && ['launch', 'shift', 'bake'].includes(stage) ? ` in ${where}` : ''}${paused ? ', paused' : ''}`,
    `build ${plan.build.sha256.slice(0, 12)}, ${plan.regions.map(({ region, from, to }) => `${region} ${from} to ${to}`).join(', then ')}`,
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(isOpen && waitingFor !== undefined ? [`waits for ${waitingFor}`] : []),
    ...(isOpen ? [`ends about ${new Date(expectedEnd(state, now)).toISOString()} if all goes well`] : []),
    '',
    table(
      ['at', 'what'],
      notes.map(({ at, text }) => [at, text]),
    ),
  ].join('\n');
}

/** What a look before a release found, as text. */
export function formatReleasePreflight({ verdict, checks, plan }: ReleasePreflight): string {
  const rows = checks.map(({ id, state, accepted, text, fix }) => [
    id,
    accepted ? `${state} (accepted)` : state,
    text,
    fix ?? '',
  ]);
  return [
    `a release could${verdict === 'clean' ? '' : ' not'} begin: ${verdict}; nothing was changed`,
    table(['check', 'state', 'found', 'fix'], rows),
    ...(plan === undefined ? [] : ['', ...planLines(plan)]),
  ].join('\n');
}

function planLines({ regions, shares, stepSeconds, bakeSeconds, warmSeconds }: ReleasePlan): string[] {
  return [
    ...regions.map(
      ({ region, from, to, clones }, index) =>
        `${index + 1}. ${region}: ${clones} clones of ${to}, then ${shares.join(', ')} % from ${from} to ${to}, ${stepSeconds.toFixed(0)} s each; ${bakeSeconds.toFixed(0)} s baked`,
    ),
    `then the old clones stay for ${warmSeconds.toFixed(0)} s`,
  ];
}
