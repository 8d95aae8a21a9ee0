import path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** A folder that exists, in place of somebody's work; the assertions are on templates, never on what is in it. */
const folder = path.join(__dirname, '../../../examples/work');

/** Work and handler of a function under test. */
export const someWork = () => ({
  work: Code.fromAsset(folder),
  handlerCode: Code.fromInline('exports.handler = 1'),
});
