// What is known, how old it is, and the one line that says who is active.
import { age, badge, h } from './dom.mjs';

/** Seconds after which something counts as old: several looks must have failed. */
const STALE_SECONDS = 5;

/** A fact as it stands now: its age has grown since the server sent it. */
export function now(fact, sinceReceived) {
  const known = fact !== undefined && fact.value !== null;
  const ageSeconds = known ? fact.ageSeconds + sinceReceived : null;
  return {
    value: known ? fact.value : null,
    known,
    old: known && ageSeconds > STALE_SECONDS,
    ageSeconds,
    why: fact?.why,
  };
}

/** How old something is, in words; nothing while it is fresh. */
export const ageNote = fact => (fact.old ? `seen ${age(fact.ageSeconds)}` : '');

/** The line that a tired person reads first. */
export function verdictOf(view, sinceReceived) {
  const register = now(view.register, sinceReceived);
  const name = now(view.name, sinceReceived);
  const blind = view.unknown.length;
  const problems = view.problems.length;
  return {
    headline: headlineOf(register),
    state: stateOf(register, problems, blind),
    epoch: register.known ? register.value.epoch : null,
    phase: register.known ? register.value.phase : null,
    by: register.known ? register.value.updatedBy : null,
    name: name.known
      ? `${view.lab.serviceHost} leads to ${name.value.region ?? 'no Region'}`
      : `where ${view.lab.serviceHost} leads is not known`,
    nameNote: ageNote(name),
  };
}

function headlineOf(register) {
  if (!register.known) return 'Which Region is active is not known';
  const { region, phase } = register.value;
  if (register.old) return `Last seen: ${region} ${phase}`;
  if (phase === 'active') return `${region} is active`;
  return phase === 'fencing'
    ? `Moving to ${region}: the old Region is fenced`
    : `Moving to ${region}: it is promoted`;
}

function stateOf(register, problems, blind) {
  if (!register.known) return ['unknown', 'nothing seen yet'];
  if (register.old) return ['unknown', `old: ${ageNote(register)}`];
  if (register.value.phase !== 'active') return ['move', 'no Region accepts writes'];
  if (blind > 0) return ['unknown', `${blind} could not be looked at`];
  return problems > 0 ? ['bad', `${problems} not as it should be`] : ['good', 'all as it should be'];
}

export function drawVerdict(verdict) {
  const parts = [
    verdict.epoch === null
      ? 'epoch not known'
      : `epoch ${verdict.epoch}, ${verdict.phase}, written by ${verdict.by}`,
    `${verdict.name}${verdict.nameNote === '' ? '' : ` (${verdict.nameNote})`}`,
  ];
  return [
    h('h1', { id: 'headline' }, verdict.headline),
    h('p', { class: 'line' }, badge(...verdict.state), ' ', parts.join(' · ')),
  ];
}
