/** Releases that are led to their end without an operator's machine, from a Region that is not the active one. */
import { type App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ReleaseController } from '../constructs';

/** Leave it out to use the controller that comes with the package. */
const code = Code.fromInline('exports.handler = async () => ({});');

export function build(app: App): ReleaseController {
  const stack = new Stack(app, 'Releases', { env: { account: '000000000000', region: 'us-west-2' } });
  return new ReleaseController(stack, 'Releases', {
    application: 'orders',
    regionHosts: {
      'us-east-2': 'us-east-2.orders.example.com',
      'us-west-2': 'us-west-2.orders.example.com',
    },
    code,
  });
}
