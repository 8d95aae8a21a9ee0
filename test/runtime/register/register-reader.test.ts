import { toRecord } from '../../../lib/runtime/register/register-reader';

test('reads the item of the contract', () => {
  const item = {
    pk: { S: 'register' },
    epoch: { N: '3' },
    phase: { S: 'active' },
    region: { S: 'us-east-2' },
  };
  expect(toRecord(item)).toEqual({ epoch: 3, phase: 'active', region: 'us-east-2' });
});

test.each([
  ['no item', undefined],
  ['no epoch', { phase: { S: 'active' }, region: { S: 'us-east-2' } }],
  ['an epoch that is no number', { epoch: { N: 'x' }, phase: { S: 'active' }, region: { S: 'us-east-2' } }],
  ['an unknown phase', { epoch: { N: '1' }, phase: { S: 'maybe' }, region: { S: 'us-east-2' } }],
  ['no Region', { epoch: { N: '1' }, phase: { S: 'active' }, region: { S: '' } }],
])('refuses %s: a damaged record is not read as any state', (_what, item) => {
  expect(() => toRecord(item)).toThrow(expect.objectContaining({ code: 'unavailable' }));
});
