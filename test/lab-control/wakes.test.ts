import type { CallRecord } from '../../lib/lab/gateway';
import { wakes } from '../../lib/lab/live-settings';

const WHERE = { application: 'orders', region: 'us-east-2' };
const call = (
  service: string,
  action: string,
  parameters: CallRecord['parameters'],
  more = {},
): CallRecord => ({
  sequence: 1,
  time: '2026-11-25T10:00:00.000Z',
  caller: 'anybody',
  region: WHERE.region,
  durationMs: 1,
  outcome: 'forwarded',
  status: 200,
  service,
  action,
  parameters,
  ...more,
});
const stack = (StackName: string, action = 'UpdateStack', more = {}) =>
  call('cloudformation', action, { StackName }, more);
const parameter = (Name: string, action = 'PutParameter') => call('ssm', action, { Name });

test.each([
  ['a change of its stack', stack('orders-service')],
  ['its stack by id', stack('arn:aws:cloudformation:us-east-2:000000000000:stack/orders-service/1')],
  ['its birth', stack('orders-service', 'CreateStack')],
  ['a stored weight', parameter('/orders/live/weights')],
  ['a stored floor', parameter('/orders/live/floor/orders-blue')],
])('%s wakes the controller', (_what, seen) => {
  expect(wakes(seen, WHERE)).toBe(true);
});

test.each([
  ['another stack', stack('orders-data')],
  ['a stack whose name begins alike', stack('orders-service-2')],
  ['a look at its stack', stack('orders-service', 'DescribeStacks')],
  ['a change that was refused', stack('orders-service', 'UpdateStack', { status: 400 })],
  ['the stack of another Region', stack('orders-service', 'UpdateStack', { region: 'us-west-2' })],
  ['a parameter of another application', parameter('/orders2/live/weights')],
  ['what a gate remembers', parameter('/orders/gate/last-answer')],
  ['a look at a weight', parameter('/orders/live/weights', 'GetParameter')],
])('%s does not', (_what, seen) => {
  expect(wakes(seen, WHERE)).toBe(false);
});
