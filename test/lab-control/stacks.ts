import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';

type Settings = ConstructorParameters<typeof CloudFormationClient>[0];

/** A small template under test. */
export interface Template {
  readonly Resources: Readonly<Record<string, object>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** What became of a stack. */
export interface Outcome {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Reasons of the resources that failed. */
  readonly failures: readonly string[];
}

/** Speaks to CloudFormation of one Region. The gateway answers a change when it is done, so nothing waits here. */
export class Stacks {
  readonly #client: CloudFormationClient;

  constructor(settings: Settings) {
    this.#client = new CloudFormationClient(settings ?? {});
  }

  async create(StackName: string, template: Template): Promise<Outcome> {
    await this.#client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
    return this.outcome(StackName);
  }

  /** Creates a stack from a template in a bucket, as the CDK does with one beyond 51,200 bytes. */
  async createFrom(StackName: string, TemplateURL: string): Promise<Outcome> {
    await this.#client.send(new CreateStackCommand({ StackName, TemplateURL }));
    return this.outcome(StackName);
  }

  async update(StackName: string, template: Template): Promise<Outcome> {
    await this.#client.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
    return this.outcome(StackName);
  }

  async delete(StackName: string): Promise<void> {
    await this.#client.send(new DeleteStackCommand({ StackName }));
  }

  async outcome(StackName: string): Promise<Outcome> {
    const { Stacks: found = [] } = await this.#client.send(new DescribeStacksCommand({ StackName }));
    const stack = found[0] as Stack;
    const { StackEvents = [] } = await this.#client.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.filter(event => event.ResourceStatus?.endsWith('_FAILED'));
    return {
      status: stack.StackStatus ?? '',
      outputs: Object.fromEntries((stack.Outputs ?? []).map(o => [o.OutputKey ?? '', o.OutputValue ?? ''])),
      failures: failed.map(event => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`),
    };
  }
}
