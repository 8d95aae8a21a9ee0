// Starting and aborting: typed once more, sent with the key that came behind the # of the address.
import { byId, h, lag, paint } from './dom.mjs';
import { moving } from './drill.mjs';
import { now } from './state.mjs';

/** The key stays in this tab; the address bar, which people share and photograph, does not keep it. */
function takeKey() {
  const given = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem('holdfast-key', given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('holdfast-key');
}
const key = takeKey();

/** The view that the dialogs speak of. */
let current = null;
let currentAt = 0;

async function post(path, body) {
  byId('refused').textContent = '';
  try {
    const headers = { 'content-type': 'application/json', 'x-holdfast-key': key ?? '' };
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.ok) return;
    byId('refused').textContent = (await response.json()).error.message;
  } catch {
    byId('refused').textContent = 'The server did not answer; whether it was received is not known.';
  }
}

/** What may be asked for now; everything is said in words beside the buttons. */
export function updateControl(view, lost, at) {
  current = view;
  currentAt = at;
  const register = now(view.register, 0);
  const active = register.known ? register.value.region : null;
  paint(
    'to',
    view.lab.regions.filter(region => region !== active),
    names => names.map(name => h('option', { value: name }, name)),
  );
  const { control, drill } = view;
  const open = drill !== null && drill.ended === undefined;
  const busy = control.state !== 'idle' || moving(drill);
  byId('ask').hidden = busy;
  byId('start').disabled = lost || key === null;
  byId('abort').hidden = !(busy || open || drill?.state === 'safe-stop');
  byId('abort').disabled =
    lost ||
    key === null ||
    control.state === 'aborting' ||
    (drill?.wayBack === 'closed' && (open || drill.state === 'safe-stop'));
  const text = lost ? 'The connection is lost; nothing can be asked for.' : controlText(view, busy);
  if (byId('control-state').textContent !== text) byId('control-state').textContent = text;
  const error = control.error ?? '';
  if (error !== '' && byId('refused').dataset.shown !== error) byId('refused').textContent = error;
  byId('refused').dataset.shown = error;
}

function controlText({ control, drill }, busy) {
  const closed = drill !== null && drill.ended === undefined && drill.wayBack === 'closed';
  if (key === null)
    return 'This page was opened without its key: it may only watch. Open the address that holdfast printed.';
  if (control.state === 'aborting') return `Aborting: ${control.what}. It ends within one look.`;
  if (closed && busy) return 'Past the point of no return: it can only go on.';
  if (control.state === 'running') return `Under way: ${control.what}.`;
  if (busy) return 'A drill that was started elsewhere is under way.';
  return 'In the lab, under load, with the same code as on AWS.';
}

function openDialog(id, input, go) {
  byId(input).value = '';
  byId(go).disabled = true;
  byId(id).showModal();
  byId(input).focus();
}

function askToStart(event) {
  event.preventDefault();
  const [mode, to] = [byId('mode').value, byId('to').value];
  const failover = mode === 'failover';
  byId('start-title').textContent = `${mode} to ${to}`;
  byId('start-what').textContent = failover
    ? `${to} is promoted without asking the active Region. What it had not received is lost.`
    : `The application moves to ${to}. Writes pause while it does; none that was acknowledged is lost.`;
  byId('confirm-word').textContent = to;
  byId('loss').hidden = !failover;
  byId('accept').checked = false;
  byId('loss-text').textContent = `I accept that loss. ${lagNow(to)}`;
  byId('go').textContent = `Start the ${mode}`;
  openDialog('start-dialog', 'confirm', 'go');
}

function lagNow(to) {
  const seen = now(current.regions, (performance.now() - currentAt) / 1000);
  const found =
    seen.known && !seen.old ? seen.value.find(each => each.region === to)?.database.lagSeconds : null;
  return found === null || found === undefined
    ? 'How far it lags is not known.'
    : `It lags by ${lag(found)} now.`;
}

function checkStart() {
  const accepted = byId('loss').hidden || byId('accept').checked;
  byId('go').disabled = byId('confirm').value.trim() !== byId('confirm-word').textContent || !accepted;
}

function sendStart() {
  const [mode, to, rate] = [byId('mode').value, byId('to').value, Number(byId('rate').value)];
  void post('/api/start', {
    mode,
    to,
    rate,
    confirm: byId('confirm').value.trim(),
    acceptDataLoss: byId('accept').checked,
  });
}

function askToAbort() {
  const { drill } = current;
  const back = drill?.from ?? 'the old Region';
  byId('abort-what').textContent =
    `Before the point of no return the drill goes back and ${back} becomes active again, at a new epoch. Past it, it goes on to its end.`;
  openDialog('abort-dialog', 'abort-confirm', 'abort-go');
}

/** Wires the forms, once. */
export function wireControl() {
  byId('ask').addEventListener('submit', askToStart);
  byId('abort').addEventListener('click', askToAbort);
  byId('confirm').addEventListener('input', checkStart);
  byId('accept').addEventListener('change', checkStart);
  byId('abort-confirm').addEventListener('input', () => {
    byId('abort-go').disabled = byId('abort-confirm').value.trim() !== 'abort';
  });
  byId('start-form').addEventListener('submit', sendStart);
  byId('abort-form').addEventListener('submit', () => void post('/api/abort', { confirm: 'abort' }));
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => button.closest('dialog').close());
  }
  document.addEventListener('click', event => {
    const text = event.target.dataset?.copy;
    if (text !== undefined)
      void navigator.clipboard.writeText(text).then(
        () => say('Copied.'),
        () => undefined,
      );
  });
}

/** Tells people who do not see the page. */
export function say(text) {
  byId('announcer').textContent = text;
}
