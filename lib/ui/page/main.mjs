// Receives views, draws them, and says when none comes any more.
import { say, updateControl, wireControl } from './control.mjs';
import { badge, byId, h, paint } from './dom.mjs';
import { drawDrill, drillOf, moving, stateText } from './drill.mjs';
import { drawRegion, drawTraffic, regionsOf, trafficOf } from './regions.mjs';
import { drawVerdict, verdictOf } from './state.mjs';

/** Milliseconds without a view after which the connection counts as lost; one comes every half second. */
const LOST_AFTER = 3000;

let view = null;
let receivedAt = performance.now();
let goodbye = null;
let wasLost = false;
let told = {};

function render() {
  const silent = performance.now() - receivedAt;
  const lost = goodbye !== null || silent > LOST_AFTER;
  drawConnection(lost, silent);
  if (view === null) return;
  const since = silent / 1000;
  byId('application').textContent = `${view.lab.application}, ${view.lab.serviceHost}`;
  byId('scale').textContent = `lab, time scale ${view.lab.timeScale}x`;
  const verdict = verdictOf(view, since);
  document.title = `${verdict.headline} · Holdfast`;
  paint('verdict', verdict, drawVerdict);
  paint('traffic', trafficOf(view, since), drawTraffic);
  paint('regions', regionsOf(view, since), models => models.map(drawRegion));
  paint('drill', drillOf(view, lost ? 0 : since, lost), drawDrill);
  const worries = [...view.problems, ...view.unknown.map(what => `could not look at ${what}`)];
  byId('worries-section').hidden = worries.length === 0;
  paint('worries', worries, lines => lines.map(line => h('li', {}, line)));
  updateControl(view, lost, receivedAt);
  announce(verdict, lost);
}

function drawConnection(lost, silent) {
  const ago = Math.floor(silent / 1000);
  const state = !lost
    ? view === null
      ? ['unknown', 'waits for the first view']
      : ['good', 'live']
    : ['bad', 'not live'];
  paint('connection', state, each => badge(...each));
  const banner = byId('banner');
  const text = lost ? bannerText(ago) : '';
  banner.hidden = text === '';
  banner.className = `banner ${goodbye === 'interrupted' ? 'warn' : 'bad'}`;
  if (banner.textContent !== text) banner.textContent = text;
}

function bannerText(ago) {
  if (goodbye === 'lab-gone')
    return 'The lab is down. What you see is how it was last seen. Bring it up again with holdfast up --ui.';
  if (goodbye === 'interrupted')
    return 'This page is no longer served; the lab goes on. What you see is how it was last seen. Serve it again with holdfast lab ui.';
  return `The connection is lost: the last view is ${ago} s old. What you see is how it was then; this page keeps trying.`;
}

/** Says what has changed for good, in one sentence, and nothing about steps, times and figures. */
function announce(verdict, lost) {
  const { drill } = view;
  const next = {
    headline: verdict.headline,
    phase: moving(drill) ? drill.phases.find(phase => phase.state === 'running')?.name : undefined,
    drill: drill === null ? undefined : `${drill.id} ${drill.state}`,
  };
  const words = [];
  if (lost !== wasLost) words.push(lost ? 'Connection lost; what is shown is old.' : 'Connected again.');
  if (!lost && told.headline !== undefined) {
    if (next.headline !== told.headline) words.push(`${next.headline}.`);
    if (next.drill !== told.drill && drill !== null)
      words.push(`Drill ${stateText(drill)}.${drill.next === undefined ? '' : ` Next: ${drill.next}`}`);
    if (next.phase !== told.phase && next.phase !== undefined)
      words.push(`Phase ${next.phase.replaceAll('-', ' ')}.`);
  }
  wasLost = lost;
  told = next;
  if (words.length > 0) say(words.join(' '));
}

function listen() {
  const events = new EventSource('/api/events');
  events.addEventListener('message', event => {
    view = JSON.parse(event.data);
    receivedAt = performance.now();
    goodbye = null;
    render();
  });
  events.addEventListener('bye', event => {
    goodbye = JSON.parse(event.data).why;
    render();
  });
}

wireControl();
listen();
render();
setInterval(render, 500);
