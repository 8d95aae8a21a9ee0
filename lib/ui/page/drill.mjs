// The newest drill: what it does now, what each step took, and what to do when it stopped.
import { badge, clockTime, h, seconds } from './dom.mjs';

const STATES = {
  preflight: ['move', 'preflight: looks, and changes nothing'],
  running: ['move', 'running'],
  'going-back': ['warn', 'going back'],
  interrupted: ['bad', 'interrupted: nobody drives it'],
  unwatched: ['unknown', 'did not end; who drives it is not known'],
  'safe-stop': ['bad', 'stopped safely'],
  done: ['good', 'done'],
  'rolled-back': ['warn', 'rolled back'],
  refused: ['warn', 'refused'],
  aborted: ['warn', 'aborted'],
};

/** Whether it is under way, and its times still grow. */
export const moving = drill => drill !== null && ['preflight', 'running', 'going-back'].includes(drill.state);

export const stateText = drill => (STATES[drill.state] ?? ['unknown', drill.state])[1];

/** What is drawn; times of what runs are those of this moment, rounded so that nothing flickers. */
export function drillOf(view, sinceReceived, lost) {
  const { drill } = view;
  if (drill === null) return null;
  const at = Date.parse(view.at) / 1000 + sinceReceived;
  const since = iso => Math.max(0, at - Date.parse(iso) / 1000);
  const elapsed =
    drill.ended === undefined
      ? since(drill.began)
      : (Date.parse(drill.ended) - Date.parse(drill.began)) / 1000;
  const phases = drill.phases.map(phase => ({
    ...phase,
    steps: phase.steps.map(step => ({ ...step, shown: timeOf(step, since) })),
  }));
  return { ...drill, phases, elapsed: Number(elapsed.toFixed(1)), old: lost && moving(drill) };
}

function timeOf(step, since) {
  if (step.state === 'done') return step.seconds;
  return step.state === 'running' && step.began !== undefined
    ? Number(since(step.began).toFixed(1))
    : undefined;
}

export function drawDrill(drill) {
  if (drill === null) {
    return h(
      'div',
      { class: 'card' },
      h('p', {}, 'No drill has been run from this project yet.'),
      h('p', { class: 'hint' }, 'Start one here, or with holdfast drill switchover --to <region>.'),
    );
  }
  const [kind, words] = STATES[drill.state] ?? ['unknown', drill.state];
  const verifying = drill.state === 'running' && drill.phases.every(phase => phase.state === 'done');
  const title = `${drill.mode}${drill.from === undefined ? '' : ` from ${drill.from}`} to ${drill.to}`;
  return h(
    'div',
    { class: `card${drill.old ? ' stale' : ''}` },
    h(
      'p',
      { class: 'summary' },
      h('strong', {}, title),
      badge(kind, verifying ? 'all steps done; every acknowledged write is verified now' : words),
      h('span', { class: 'timer' }, `${drill.elapsed.toFixed(1)} s`),
    ),
    h('p', { class: 'hint' }, `${drill.id}, began at ${clockTime(drill.began)}${wayBack(drill)}`),
    advice(drill, kind),
    figures(drill.figures),
    drill.phases.length === 0 ? undefined : table(drill),
  );
}

function wayBack({ wayBack, ended }) {
  if (ended !== undefined || wayBack === null) return '';
  return wayBack === 'open' ? '; an abort leads back' : '; past the point of no return';
}

function advice({ reason, next }, kind) {
  if (reason === undefined && next === undefined) return undefined;
  return h(
    'div',
    { class: `advice ${kind === 'good' ? 'move' : kind}` },
    reason === undefined ? undefined : h('p', { class: 'said' }, reason),
    next === undefined
      ? undefined
      : h(
          'p',
          { class: 'said' },
          'Next: ',
          h('code', {}, next),
          h('button', { type: 'button', class: 'copy', 'data-copy': next }, 'Copy'),
        ),
  );
}

function figures(found) {
  if (found === undefined) return undefined;
  const { rtoSeconds, budgetSeconds, rpoSeconds, acknowledged, lost, missed } = found;
  const count = value => (value === null ? 'not measured' : String(value));
  const pairs = [
    ['RTO measured', seconds(rtoSeconds)],
    ['budget', seconds(budgetSeconds)],
    ['RPO measured', seconds(rpoSeconds)],
    ['writes acknowledged', count(acknowledged)],
    ['of which lost', count(lost)],
  ];
  return [
    h(
      'dl',
      { class: 'figures' },
      pairs.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))),
    ),
    missed.length === 0
      ? undefined
      : h(
          'ul',
          { class: 'advice bad' },
          missed.map(each => h('li', {}, `missed: ${each}`)),
        ),
  ].filter(each => each !== undefined);
}

function table({ phases }) {
  const head = ['Phase and steps', 'State', 'Time', 'Budget', 'Of the budget'];
  return h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head.map((text, index) =>
          h('th', { scope: 'col', class: index === 2 || index === 3 ? 'number' : '' }, text),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      phases.flatMap(phase => [phaseRow(phase), ...phase.steps.map(stepRow)]),
    ),
  );
}

const WORDS = {
  waiting: ['idle', 'waits'],
  running: ['move', 'runs'],
  done: ['good', 'done'],
  stopped: ['bad', 'stopped'],
};

function phaseRow({ name, state, steps, budgetSeconds }) {
  const shown = steps.reduce((sum, step) => sum + (step.shown ?? 0), 0);
  const begun = state !== 'waiting';
  return h(
    'tr',
    { class: `phase ${state}` },
    h('th', { scope: 'row' }, name.replaceAll('-', ' ')),
    h('td', {}, badge(...WORDS[state])),
    h('td', { class: 'number' }, begun ? seconds(shown) : ''),
    h('td', { class: 'number' }, budgetSeconds === 0 ? '' : seconds(budgetSeconds)),
    h('td', {}, budgetSeconds === 0 ? '' : meter(shown, budgetSeconds, state)),
  );
}

function meter(value, budget, state) {
  const over = value > budget;
  const share = Math.min(100, Math.round((value / budget) * 100));
  const kept = state === 'done' && !over;
  const bar = h('span', { width: `${share}%` });
  return [
    h('span', { class: `meter${over ? ' over' : kept ? ' kept' : ''}`, 'aria-hidden': 'true' }, bar),
    h('span', { class: 'unseen' }, over ? 'over the budget' : `${share} % of the budget`),
  ];
}

function stepRow({ title, state, shown, pointOfNoReturn, note }) {
  return h(
    'tr',
    { class: `step ${state}` },
    h(
      'th',
      { scope: 'row' },
      title,
      pointOfNoReturn ? h('span', { class: 'no-return' }, ' (no way back from here)') : undefined,
      note === undefined ? undefined : h('span', { class: 'no-return' }, ` ${note}`),
    ),
    h('td', {}, state === 'waiting' ? '' : badge(...WORDS[state])),
    h('td', { class: 'number' }, shown === undefined ? '' : seconds(shown)),
    h('td', {}),
    h('td', {}),
  );
}
