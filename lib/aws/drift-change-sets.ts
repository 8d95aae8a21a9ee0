import {
  ChangeSetNotFoundException,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import type { ChangeSets, Json } from '../drift';
import { ask, type Connection } from './clients';
import { plain } from './drift-answers';

/** Words by which a change set says that it is not done. */
const UNDER_WAY = ['CREATE_PENDING', 'CREATE_IN_PROGRESS'];

/** Change sets by CloudFormation's API. None is ever executed: the call is not in this file. */
export function changeSets(connection: Connection): ChangeSets {
  const client = (region: string, once = false) => connection.client(CloudFormationClient, region, once);
  return {
    async create(region, stack, { name, template, keep }) {
      const command = new CreateChangeSetCommand({
        ...{ StackName: stack, ChangeSetName: name, ClientToken: name, ChangeSetType: 'UPDATE' },
        Description: 'Made by holdfast drift to be looked at; never executed',
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        IncludeNestedStacks: true,
        Parameters: keep.map(ParameterKey => ({ ParameterKey, UsePreviousValue: true })),
        ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
      });
      await ask(`making a change set of ${stack} in ${region}`, () => client(region).send(command));
    },
    describe: (region, stack, name) =>
      ask(`describing change set ${name} of ${stack} in ${region}`, async () => {
        const pages: DescribeChangeSetCommandOutput[] = [];
        let NextToken: string | undefined;
        do {
          const page = { StackName: stack, ChangeSetName: name, NextToken, IncludePropertyValues: true };
          const answer = await client(region).send(new DescribeChangeSetCommand(page));
          pages.push(answer);
          NextToken = UNDER_WAY.includes(answer.Status ?? '') ? undefined : answer.NextToken;
        } while (NextToken !== undefined);
        return joined(pages);
      }),
    delete: (region, stack, name) =>
      ask(`deleting change set ${name} of ${stack} in ${region}`, async () => {
        try {
          await client(region).send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: name }));
        } catch (error) {
          if (!(error instanceof ChangeSetNotFoundException)) throw error;
        }
      }),
  };
}

/** Pages as one document, in the form in which `aws cloudformation describe-change-set` prints it. */
function joined(pages: readonly DescribeChangeSetCommandOutput[]): Json {
  const [{ $metadata: _metadata, NextToken: _token, ...first } = {} as DescribeChangeSetCommandOutput] =
    pages;
  return plain({ ...first, Changes: pages.flatMap(({ Changes = [] }) => Changes) });
}
