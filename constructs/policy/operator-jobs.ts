import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { matching, type Rule } from '../validation';
import { acknowledge } from './acknowledge';
import { findingArn } from './finding-arn';

/** What `holdfast jobs` lists and replays. */
export interface OperatorJobs {
  /** User as whom the command signs in to the database, by IAM. */
  readonly databaseUser: string;
  /** Queues of work and of dead letters, by the names that they have in every Region. */
  readonly queueNames: readonly string[];
}

/** What the command asks of SQS: it looks at messages and hands them back, sends work again, and removes it. */
const QUEUE_ACTIONS = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];

/** What the names of jobs must satisfy; a pattern in one of them would open what nobody meant. */
export function jobsRules(jobs: OperatorJobs): Rule[] {
  const user = 'use the name of one user, such as service';
  return [
    matching('jobs.databaseUser', jobs.databaseUser, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/, user),
    jobs.queueNames.length === 0 && {
      path: 'jobs.queueNames',
      received: jobs.queueNames,
      message: 'no queue to look at',
      fix: 'name the queue of work and the one of its dead letters',
    },
    ...jobs.queueNames.map((name, at) =>
      matching(
        `jobs.queueNames[${at}]`,
        name,
        /^[A-Za-z0-9_-]{1,75}(\.fifo)?$/,
        'use the name of one queue, no pattern',
      ),
    ),
  ];
}

/**
 * Lets an operator's role list and replay jobs in every Region. Queues are known by name. A cluster is known to IAM by an
 * id that AWS chooses, and another Region's cannot be referred to (law 3), so the user is allowed on the clusters of
 * the topology's Regions; the database itself lets in only who holds `rds_iam` there.
 */
export function allowJobs(role: Role, regions: readonly string[], jobs: OperatorJobs): void {
  const stack = Stack.of(role);
  const users = regions.map(region =>
    stack.formatArn({
      service: 'rds-db',
      region,
      resource: 'dbuser',
      resourceName: `*/${jobs.databaseUser}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const queues = regions.flatMap(region =>
    jobs.queueNames.map(resource => stack.formatArn({ service: 'sqs', region, resource })),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['rds-db:connect'], resources: users }));
  role.addToPolicy(new PolicyStatement({ actions: QUEUE_ACTIONS, resources: queues }));
  for (const arn of users) {
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::${findingArn(role, arn)}]`,
      'AWS chooses the id of a cluster, and that of another Region cannot be referred to; user and Regions are fixed.',
    );
  }
}
