import type { ApiCall } from './call';
import type { Keeper } from './keeper';
import { errorReply, type Reply } from './reply';
import type { GatewayState } from './state';
import type { DatabaseMove } from './types';

const MOVES: Readonly<Record<string, DatabaseMove['kind']>> = {
  SwitchoverGlobalCluster: 'switchover',
  FailoverGlobalCluster: 'failover',
};

/**
 * Moves of a global cluster's writer. The emulator swaps the roles at once; the data plane takes its time. Until it
 * reports that it has promoted, the API goes on to show the old writer and a cluster that is switching over, and
 * refuses a second move.
 */
export const databaseMoves: Keeper = {
  wants: call =>
    call.service === 'rds' &&
    (call.action in MOVES ||
      call.action === 'DescribeGlobalClusters' ||
      call.action === 'DescribeDBClusters'),

  before(call, state) {
    const name = call.fields.get('GlobalClusterIdentifier') ?? '';
    const move = call.action in MOVES ? state.databaseMove(name) : undefined;
    if (move === undefined) return undefined;
    const message = `Global cluster ${name} is ${wordOf(move)} to ${move.toRegion}`;
    const error = { status: 400, code: 'InvalidGlobalClusterStateFault', message };
    return { kind: 'answer', reply: errorReply('query', error) };
  },

  after(call, reply, state) {
    if (reply.status !== 200) return reply;
    if (call.action in MOVES) begin(call, reply, state);
    const amend = call.action === 'DescribeDBClusters' ? clusterMoving : globalClusterMoving;
    const body = state.databaseMoves().reduce((xml, move) => amend(xml, move), reply.body.toString());
    return { ...reply, body };
  },
};

const wordOf = (move: DatabaseMove): string =>
  move.kind === 'switchover' ? 'switching-over' : 'failing-over';

function begin(call: ApiCall, reply: Reply, state: GatewayState): void {
  const xml = reply.body.toString();
  const [fromArn, toArn] = [textOf(xml, 'FromDbClusterArn'), textOf(xml, 'ToDbClusterArn')];
  const globalCluster = call.fields.get('GlobalClusterIdentifier') ?? '';
  const planned = call.action === 'FailoverGlobalCluster' && call.fields.get('AllowDataLoss') !== 'true';
  state.beginDatabaseMove({
    globalCluster,
    kind: planned ? 'switchover' : (MOVES[call.action] ?? 'switchover'),
    fromArn,
    toArn,
    fromRegion: fromArn.split(':')[3] ?? '',
    toRegion: toArn.split(':')[3] ?? '',
    startedAt: new Date().toISOString(),
  });
}

const textOf = (xml: string, tag: string): string =>
  new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '';

/** Shows the old writer and the state of the move in the description of one global cluster. */
function globalClusterMoving(xml: string, move: DatabaseMove): string {
  const head = `<GlobalClusterIdentifier>${move.globalCluster}</GlobalClusterIdentifier>`;
  const start = xml.indexOf(head);
  if (start < 0) return xml;
  const next = xml.indexOf('<GlobalClusterIdentifier>', start + head.length);
  const end = next < 0 ? xml.length : next;
  const lossy = move.kind === 'failover';
  const state = `<FailoverState><Status>${wordOf(move)}</Status><FromDbClusterArn>${move.fromArn}</FromDbClusterArn><ToDbClusterArn>${move.toArn}</ToDbClusterArn><IsDataLossAllowed>${lossy}</IsDataLossAllowed></FailoverState>`;
  const described = xml
    .slice(start, end)
    .replace(/<FailoverState>[\s\S]*?<\/FailoverState>/, '')
    .replace(/<Status>[^<]*<\/Status>/, `<Status>${wordOf(move)}</Status>`)
    .replace('<GlobalClusterMembers>', `${state}<GlobalClusterMembers>`)
    .replace(
      /<DBClusterArn>([^<]*)<\/DBClusterArn>\s*<Readers>[\s\S]*?<\/Readers>\s*<IsWriter>[^<]*<\/IsWriter>/g,
      (_, arn: string) => memberOf(arn, move),
    );
  return xml.slice(0, start) + described + xml.slice(end);
}

function memberOf(arn: string, move: DatabaseMove): string {
  const writer = arn === move.fromArn;
  const readers = writer ? `<member>${move.toArn}</member>` : '';
  return `<DBClusterArn>${arn}</DBClusterArn><Readers>${readers}</Readers><IsWriter>${writer}</IsWriter>`;
}

/** Shows both clusters of a move as moving. */
function clusterMoving(xml: string, move: DatabaseMove): string {
  return [move.fromArn, move.toArn].reduce((text, arn) => {
    const start = text.indexOf(`<DBClusterArn>${arn}</DBClusterArn>`);
    if (start < 0) return text;
    const status = `<Status>${wordOf(move)}</Status>`;
    return text.slice(0, start) + text.slice(start).replace(/<Status>[^<]*<\/Status>/, status);
  }, xml);
}
