import { App, Stack } from 'aws-cdk-lib';
import { GlobalTable } from '../constructs';

/**
 * Carts, in two Regions, with capacity bought in advance. This stack owns both copies; one in us-west-2 would name its
 * own by `GlobalTable.fromTableName(stack, 'Carts', 'orders-carts')`.
 */
export function build(app: App): Stack {
  const stack = new Stack(app, 'global-table', { env: { account: '111111111111', region: 'us-east-2' } });
  new GlobalTable(stack, 'Carts', {
    tableName: 'orders-carts',
    regions: ['us-east-2', 'us-west-2'],
    partitionKey: { name: 'customer', type: 'S' },
    sortKey: { name: 'line', type: 'N' },
    capacity: {
      kind: 'provisioned',
      reads: { minimum: 20, maximum: 400 },
      writes: { minimum: 10, maximum: 200 },
    },
    timeToLiveAttribute: 'expires',
    tags: { application: 'orders' },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
