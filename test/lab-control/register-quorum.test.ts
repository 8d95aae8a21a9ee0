import fc from 'fast-check';
import { type ApiCall, parseCall } from '../../lib/lab/gateway/call';
import { registerQuorum } from '../../lib/lab/gateway/register-quorum';
import { GatewayState } from '../../lib/lab/gateway/state';
import { REGISTER } from './control-plane';

const MEMBERS = [...REGISTER.regions, REGISTER.witness ?? ''];

function call(region: string, action: string, body: object): ApiCall {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=clone/20260101/${region}/dynamodb/aws4_request, Signature=0`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${action}`,
  };
  return parseCall({ method: 'POST', url: '/', headers, body: Buffer.from(JSON.stringify(body)) });
}

const verdict = (state: GatewayState, region: string, action: string, body: object) =>
  registerQuorum.before?.(call(region, action, body), state);

const register = { TableName: REGISTER.tableName };

test('a consistent call is served exactly when its own replica and a majority are reached', () => {
  fc.assert(
    fc.property(
      fc.subarray(MEMBERS),
      fc.constantFrom(...REGISTER.regions),
      fc.constantFrom('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'),
      (cut, region, action) => {
        const state = new GatewayState(REGISTER);
        for (const member of cut) state.setReachable(member, false);
        const result = verdict(state, region, action, { ...register, ConsistentRead: true });
        const served = !cut.includes(region) && cut.length <= 1;
        expect(result).toMatchObject(
          served ? { kind: 'forward', region: REGISTER.home } : { kind: 'answer', outcome: 'unreachable' },
        );
      },
    ),
  );
});

test('two Regions never both write: those that are served share one store', () => {
  fc.assert(
    fc.property(fc.subarray(MEMBERS), cut => {
      const state = new GatewayState(REGISTER);
      for (const member of cut) state.setReachable(member, false);
      const results = REGISTER.regions.map(region => verdict(state, region, 'PutItem', register));
      const stores = results.flatMap(result => (result?.kind === 'forward' ? [result.region] : []));
      expect(new Set(stores).size).toBeLessThanOrEqual(1);
    }),
  );
});

test('losing the standby or the witness alone stops nothing; joining again heals', () => {
  const state = new GatewayState(REGISTER);
  for (const lost of ['us-west-2', 'us-east-1']) {
    state.setReachable(lost, false);
    expect(verdict(state, 'us-east-2', 'PutItem', register)).toMatchObject({ kind: 'forward' });
    state.setReachable(lost, true);
  }
  expect(state.unreachable()).toEqual([]);
});

test('a weak read needs only its own replica', () => {
  const state = new GatewayState(REGISTER);
  state.setReachable('us-west-2', false);
  state.setReachable('us-east-1', false);
  expect(verdict(state, 'us-east-2', 'GetItem', register)).toMatchObject({ kind: 'forward' });
  expect(verdict(state, 'us-west-2', 'GetItem', register)).toMatchObject({ kind: 'answer' });
});

test('other tables go their own way; batches that hold the register do not', () => {
  const state = new GatewayState(REGISTER);
  for (const member of MEMBERS) state.setReachable(member, false);
  expect(verdict(state, 'us-east-2', 'GetItem', { TableName: 'effects' })).toBeUndefined();
  const batch = { RequestItems: { [REGISTER.tableName]: {} } };
  expect(verdict(state, 'us-east-2', 'BatchGetItem', batch)).toMatchObject({ kind: 'answer' });
  const arn = { TableName: `arn:aws:dynamodb:us-east-2:000000000000:table/${REGISTER.tableName}` };
  expect(verdict(state, 'us-east-2', 'PutItem', arn)).toMatchObject({ kind: 'answer' });
});

test('transactions are refused, and a Region without a replica has no such table', () => {
  const state = new GatewayState(REGISTER);
  const write = { TransactItems: [{ Put: { ...register, Item: {} } }] };
  const text = (result: ReturnType<typeof verdict>) =>
    result?.kind === 'answer' ? String(result.reply.body) : '';
  expect(text(verdict(state, 'us-east-2', 'TransactWriteItems', write))).toMatch(/ValidationException/);
  expect(text(verdict(state, 'eu-west-1', 'GetItem', register))).toMatch(/ResourceNotFoundException/);
  expect(text(verdict(state, 'us-east-1', 'GetItem', register))).toMatch(/ResourceNotFoundException/);
});
