/**
 * A plain CDK app of the blueprint's size, as one would write it by hand with CDK's own L1 and L2 constructs: the
 * baseline of `npm run bench`. Two Regions, six stacks each, about as many resources of about the same types. No
 * validation, no policy, no live settings.
 */
import { App } from 'aws-cdk-lib';
import { addPlainPair } from './pair';

const app = new App();
addPlainPair(app, 'plain');
app.synth();
