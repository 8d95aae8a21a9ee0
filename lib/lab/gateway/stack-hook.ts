import type { ApiCall } from './call';
import { errorReply, type Reply } from './reply';

/** A change of a stack that somebody asks for, before the emulator has heard of it. */
export interface StackChange {
  readonly region: string;
  /** Name of the stack. */
  readonly stack: string;
  /** What CloudFormation would ask a hook about. */
  readonly target: 'STACK' | 'CHANGE_SET';
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE';
}

/** Asked before a stack changes: why it may not, or nothing. */
export type StackHook = (change: StackChange) => Promise<string | undefined>;

const CHANGES: Readonly<Record<string, Pick<StackChange, 'target' | 'action'>>> = {
  CreateStack: { target: 'STACK', action: 'CREATE' },
  UpdateStack: { target: 'STACK', action: 'UPDATE' },
  DeleteStack: { target: 'STACK', action: 'DELETE' },
  CreateChangeSet: { target: 'CHANGE_SET', action: 'UPDATE' },
  ExecuteChangeSet: { target: 'STACK', action: 'UPDATE' },
};

/** The change that a call asks for, if it is one. */
export function stackChangeOf({ service, action, region, fields }: ApiCall): StackChange | undefined {
  const change = service === 'cloudformation' ? CHANGES[action] : undefined;
  if (change === undefined) return undefined;
  const name = fields.get('StackName') ?? '';
  return { region, stack: /:stack\/([^/]+)/.exec(name)?.[1] ?? name, ...change };
}

/** CloudFormation takes a call and fails the operation; here the call itself is refused, and nothing has changed. */
export const hookRefusal = (call: ApiCall, reason: string): Reply =>
  errorReply(call.protocol, {
    status: 400,
    code: 'ValidationError',
    message: `The following hook(s) failed: ${reason}`,
  });
