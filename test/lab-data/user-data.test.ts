import { renderUserData } from '../../constructs/compute/user-data';
import { readUserData } from '../../lib/lab/reconciler/user-data';

const file = (name: string) => ({ bucketName: 'assets', objectKey: `${name}.tgz`, sha256: 'a'.repeat(64) });
const script = (environment: Record<string, string>) =>
  renderUserData({
    entry: 'worker',
    artifact: { app: file('app'), runtime: file('runtime') },
    environment,
    region: 'us-east-2',
    bootSeconds: 600,
    signal: { stackName: 'orders-service', logicalId: 'Group', roleName: 'role' },
  });
const encode = (text: string) => Buffer.from(text).toString('base64');

test('the lab reads what the clone group writes', () => {
  const environment = {
    HOLDFAST_APPLICATION: 'orders',
    HOLDFAST_QUEUE_URL: 'https://sqs/1/orders-work?a=b',
    EMPTY: '',
  };
  expect(readUserData(encode(`#!/bin/bash\n${script(environment)}`))).toEqual({
    environment,
    artifact: { bucket: 'assets', key: 'app.tgz', sha256: 'a'.repeat(64), entry: 'worker' },
  });
});

test.each([
  ['no artifact', script({}).replace('# holdfast-artifact', '# artifact')],
  ['no environment', script({}).replaceAll('HOLDFAST_ENV', 'OTHER')],
  ['nothing', ''],
])('user data with %s is refused', (_what, text) => {
  expect(() => readUserData(encode(text))).toThrow('lacks its artifact or its environment');
});
