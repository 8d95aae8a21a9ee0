import type { ApiCall } from './call';
import type { Keeper, Verdict } from './keeper';
import { errorReply, type Reply, serverError } from './reply';
import type { GatewayState } from './state';
import type { RegisterPlace } from './types';

/** Actions that read without strong consistency unless they ask for it. */
const READS = new Set(['GetItem', 'Query', 'Scan']);

/**
 * The register's table, modelled after a strongly consistent global table: one store behind every Region's endpoint;
 * a write or a consistent read needs the caller's own replica and a majority of replicas and witness. Without them the
 * call fails like an internal error of the service, and never answers what may be stale.
 *
 * Source: Amazon DynamoDB Developer Guide, "Multi-Region strong consistency"; transactions are refused there too.
 */
export const registerQuorum: Keeper = {
  wants: call => call.service === 'dynamodb' && call.body !== undefined,

  before(call, state) {
    const place = state.register;
    if (place === undefined || !touches(call, place.tableName)) return undefined;
    if (!place.regions.includes(call.region)) return { kind: 'answer', reply: notFound(place) };
    if (call.action.startsWith('Transact')) return { kind: 'answer', reply: noTransactions() };
    if (!canServe(call, place, state)) return unreachable(call);
    return { kind: 'forward', region: place.home };
  },

  after(call, reply, state) {
    const place = state.register;
    if (place === undefined || call.action !== 'DescribeTable' || reply.status !== 200) return reply;
    return touches(call, place.tableName) ? describeReplicas(reply, place) : reply;
  },
};

function touches(call: ApiCall, table: string): boolean {
  const named = call.fields.get('TableName');
  if (named !== undefined) return named === table || named.endsWith(`:table/${table}`);
  return call.body?.includes(JSON.stringify(table)) ?? false; // batches and transactions name it deeper
}

function canServe(call: ApiCall, place: RegisterPlace, state: GatewayState): boolean {
  const cut = state.unreachable();
  if (cut.includes(call.region)) return false;
  const weak = READS.has(call.action) && call.fields.get('ConsistentRead') !== 'true';
  const members = place.witness === undefined ? place.regions : [...place.regions, place.witness];
  const reached = members.filter(member => !cut.includes(member)).length;
  return weak || call.action.startsWith('Describe') || reached * 2 > members.length;
}

function unreachable(call: ApiCall): Verdict {
  const reply = serverError(call, 500, 'the replicas of the table cannot reach a majority (modelled)');
  return { kind: 'answer', reply, outcome: 'unreachable' };
}

const notFound = ({ tableName }: RegisterPlace): Reply =>
  errorReply('json', {
    status: 400,
    code: 'ResourceNotFoundException',
    message: `Requested resource not found: Table: ${tableName} not found`,
  });

const noTransactions = (): Reply =>
  errorReply('json', {
    status: 400,
    code: 'ValidationException',
    message: 'Transactions are not supported on tables with multi-Region strong consistency',
  });

function describeReplicas(reply: Reply, place: RegisterPlace): Reply {
  const document = JSON.parse(reply.body.toString()) as { Table: Record<string, unknown> };
  document.Table.MultiRegionConsistency = 'STRONG';
  document.Table.Replicas = place.regions.map(region => ({ RegionName: region, ReplicaStatus: 'ACTIVE' }));
  if (place.witness !== undefined) {
    document.Table.GlobalTableWitnesses = [{ RegionName: place.witness, WitnessStatus: 'ACTIVE' }];
  }
  return { ...reply, body: JSON.stringify(document) };
}
