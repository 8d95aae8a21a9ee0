// Traffic, and what runs in each Region.
import { badge, h, lag } from './dom.mjs';
import { ageNote, now } from './state.mjs';

/** Where writes are acknowledged while a load runs; otherwise where the service's name leads. */
export function trafficOf(view, sinceReceived) {
  const name = now(view.name, sinceReceived);
  const { regions } = view.lab;
  if (view.traffic !== null) {
    const { perSecond, windowSeconds } = view.traffic;
    const total = regions.reduce((sum, region) => sum + (perSecond[region] ?? 0), 0);
    const shares = regions.map(region => ({
      region,
      rate: perSecond[region] ?? 0,
      share: total === 0 ? 0 : (perSecond[region] ?? 0) / total,
    }));
    return { shares, silent: total === 0, measured: windowSeconds, old: sinceReceived > windowSeconds };
  }
  const shares = regions.map(region => ({
    region,
    share: name.known && name.value.region === region ? 1 : 0,
  }));
  return {
    shares,
    known: name.known,
    ttl: name.known ? name.value.ttlSeconds : null,
    old: name.old,
    note: ageNote(name),
  };
}

export function drawTraffic(traffic) {
  const percent = share => `${Math.round(share * 100)} %`;
  const bar = h(
    'div',
    { class: 'share', 'aria-hidden': 'true' },
    traffic.shares.map(each => h('span', { width: `${each.share * 100}%` })),
  );
  const legend = traffic.shares.map(({ region, share, rate }) =>
    h(
      'li',
      {},
      h('i', { 'aria-hidden': 'true' }),
      `${region}: ${percent(share)}`,
      rate === undefined ? '' : `, ${rate.toFixed(0)} writes/s`,
    ),
  );
  return h(
    'div',
    { class: `card${traffic.old ? ' stale' : ''}` },
    bar,
    h('ul', { class: 'legend' }, legend),
    h('p', { class: 'hint' }, explain(traffic)),
  );
}

function explain({ measured, silent, known, ttl, old, note }) {
  if (measured !== undefined) {
    if (old) return 'Old: nothing was received since.';
    return silent
      ? `No write was acknowledged anywhere in the last ${measured} s.`
      : `Measured: writes acknowledged in the last ${measured} s, as the load saw them.`;
  }
  if (!known) return 'Not known: no load runs, and the name server was not seen.';
  return `No load runs: the share follows from where the service's name leads now (TTL ${ttl} s)${note === '' ? '' : `, ${note}`}.`;
}

export function regionsOf(view, sinceReceived) {
  const seen = now(view.regions, sinceReceived);
  const register = now(view.register, sinceReceived);
  const name = now(view.name, sinceReceived);
  return view.lab.regions.map(region => {
    const answers = view.answers[region] ?? {};
    return {
      region,
      role: roleOf(register, region),
      old: seen.old,
      note: ageNote(seen),
      runs: seen.known ? seen.value.find(each => each.region === region) : undefined,
      gate: strip(now(answers.gate, sinceReceived)),
      service: strip(now(answers.service, sinceReceived)),
      leads: name.known && !name.old ? name.value.region === region : null,
      limit: view.lab.objectives.rpoSeconds,
    };
  });
}

/** Without the exact age, which changes with every look. */
const strip = fact => ({ value: fact.value, note: ageNote(fact) });

function roleOf(register, region) {
  if (!register.known) return ['unknown', 'role not known'];
  if (register.old) return ['unknown', 'role: last seen long ago'];
  const { region: named, phase } = register.value;
  if (named !== region) return ['idle', phase === 'active' ? 'standby' : 'fenced'];
  return phase === 'active' ? ['good', 'active'] : ['move', 'taking over'];
}

export function drawRegion(model) {
  const { region, role, runs, old, note, leads } = model;
  const active = role[0] === 'good' && !old;
  const rows = [
    [
      'Name',
      leads === null
        ? badge('unknown', 'not known')
        : leads
          ? badge('good', 'leads here')
          : 'leads elsewhere',
    ],
    ['Gate', answer(model.gate, gateText)],
    ['Service', answer(model.service, serviceText)],
    ...(runs === undefined ? [['Processes', badge('unknown', 'not seen')]] : processRows(runs, model.limit)),
  ];
  return h(
    'article',
    { class: `card region${active ? ' active' : ''}${old ? ' stale' : ''}`, 'aria-label': region },
    h('h3', {}, region, badge(...role), h('small', {}, note === '' ? (runs?.address ?? '') : note)),
    h(
      'dl',
      {},
      rows.flatMap(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]),
    ),
  );
}

function answer({ value, note }, text) {
  if (value === null) return badge('unknown', 'not asked yet');
  const [kind, words] = text(value);
  return [badge(note === '' ? kind : 'unknown', words), note === '' ? '' : ` ${note}`];
}

const epochText = epoch => (epoch === null ? '' : `, epoch ${epoch}`);

function gateText({ says, epoch, keepsLast }) {
  const kept = keepsLast ? ', keeps its last answer' : '';
  if (says === 'no answer') return ['bad', 'no answer'];
  return [keepsLast ? 'warn' : says === 'active' ? 'good' : 'idle', `${says}${epochText(epoch)}${kept}`];
}

function serviceText({ says, epoch }) {
  const kind = { active: 'good', standby: 'idle', 'not ready': 'warn', 'no answer': 'bad' }[says];
  return [kind, `${says}${epochText(epoch)}`];
}

function processRows({ database, cache, clones }, limit) {
  const groups = [...new Set(clones.filter(each => each.kind === 'clone').map(each => each.group))].sort();
  const of = (kind, group) =>
    clones.filter(each => each.kind === kind && (group === undefined || each.group === group));
  return [
    ['Database', databaseText(database)],
    ['Lag', lagText(database, limit)],
    ['Cache', cache ? badge('good', 'up') : badge('bad', 'down')],
    ...groups.map(group => [group, tiles(of('clone', group))]),
    ['Workers', tiles(of('worker'))],
  ];
}

function databaseText({ role, running }) {
  if (!running) return badge('bad', `${role}, down`);
  return badge(role === 'writer' ? 'good' : 'idle', role);
}

function lagText({ role, lagSeconds }, limit) {
  if (role === 'writer') return 'none: it is the writer';
  if (lagSeconds === null) return badge('unknown', 'not known');
  const within = lagSeconds <= limit;
  return badge(
    within ? 'good' : 'bad',
    `${lag(lagSeconds)}, ${within ? 'within' : 'over'} the ${lag(limit)} of the RPO`,
  );
}

function tiles(clones) {
  if (clones.length === 0) return badge('bad', 'none');
  return h(
    'ul',
    { class: 'clones' },
    clones.map(clone => h('li', {}, badge(...cloneText(clone)))),
  );
}

function cloneText({ id, kind, running, restarts, health }) {
  const name = id.slice(-4);
  const again = restarts === 0 ? '' : `, restarted ${restarts} times`;
  if (!running) return ['bad', `${name} down${again}`];
  if (kind === 'worker') return ['good', `${name} runs${again}`];
  if (health === null) return ['unknown', `${name} health not known${again}`];
  return [health === 'healthy' ? 'good' : health === 'initial' ? 'move' : 'bad', `${name} ${health}${again}`];
}
