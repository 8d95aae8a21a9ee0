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

  async create(StackName: string, template: Template | string): Promise<Outcome> {
    await this.#client.send(new CreateStackCommand({ StackName, TemplateBody: text(template) }));
    return this.outcome(StackName);
  }

  async update(StackName: string, template: Template): Promise<Outcome> {
    await this.#client.send(new UpdateStackCommand({ StackName, TemplateBody: text(template) }));
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

const text = (template: Template | string): string =>
  typeof template === 'string' ? template : JSON.stringify(template);
