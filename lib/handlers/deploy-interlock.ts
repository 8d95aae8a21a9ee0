import { systemClock } from '../runtime/clock';
import { EnvironmentReader } from '../runtime/environment/environment-reader';
import { awsInterlock } from '../runtime/interlock/aws-interlock';
import { type InterlockFacts, judgeInterlock } from '../runtime/interlock/interlock';
import { REGISTER_KEY } from '../runtime/register/register';
import { jsonLogger, type Logger } from '../runtime/telemetry/logger';

/**
 * What CloudFormation asks of a Lambda hook, as far as it is read
 * (https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html).
 */
export interface HookEvent {
  readonly clientRequestToken?: string;
  /** ARN of the stack; the guide writes it either way. */
  readonly stackId?: string;
  readonly stackID?: string;
  /** `CREATE_PRE_PROVISION`, `UPDATE_PRE_PROVISION` or `DELETE_PRE_PROVISION`. */
  readonly actionInvocationPoint?: string;
  readonly requestData?: { readonly targetName?: string; readonly targetLogicalId?: string };
}

/** The answer: only `SUCCESS` lets the operation begin. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCESS' | 'FAILED';
  readonly errorCode?: 'NonCompliant' | 'InternalFailure';
  readonly message: string;
  readonly clientRequestToken?: string;
}

/** CloudFormation waits 30 s for an answer and lets 4,096 characters of it through. */
const READ_TIMEOUT = 4000;
const LONGEST_MESSAGE = 4096;

interface Parts {
  readonly read: () => Promise<InterlockFacts>;
  readonly exempt: readonly string[];
  readonly parameter: string;
  readonly logger: Logger;
}

let parts: Parts | undefined;

/** Refuses operations on stacks of the application while a drill or a failover is under way. */
export async function handler(event: HookEvent): Promise<HookAnswer> {
  parts ??= makeParts();
  const { exempt, logger, parameter, read } = parts;
  const stack = stackOf(event);
  const operation =
    `${event.requestData?.targetName ?? 'operation'} ${event.actionInvocationPoint ?? ''}`.trim();
  const answer = (
    hookStatus: HookAnswer['hookStatus'],
    message: string,
    errorCode?: HookAnswer['errorCode'],
  ) => {
    const { clientRequestToken } = event;
    return { hookStatus, errorCode, message: message.slice(0, LONGEST_MESSAGE), clientRequestToken };
  };
  if (exempt.includes(stack)) return answer('SUCCESS', `${stack} carries the interlock and is exempt`);
  const verdict = judgeInterlock(await read(), systemClock.now().getTime());
  if (verdict.kind === 'free') return answer('SUCCESS', 'no drill and no failover is under way');
  if (verdict.kind === 'broken-glass') {
    const { by, reason, until } = verdict.breakGlass;
    const times = { until: new Date(until).toISOString() };
    logger.warn('interlock.broken-glass', {
      stack,
      operation,
      by,
      reason,
      ...times,
      refusal: verdict.refusal,
    });
    return answer('SUCCESS', `let through by leave of ${by} until ${times.until}: ${reason}`);
  }
  logger.warn('interlock.refused', { stack, operation, refusal: verdict.refusal });
  const way = `To deploy ${stack} all the same, write a leave into ${parameter}: holdfast interlock open`;
  return answer('FAILED', `${verdict.refusal}. ${way}`, verdict.unread ? 'InternalFailure' : 'NonCompliant');
}

/** Name of the stack; of a stack that the event does not name, a word that no stack has. */
function stackOf({ stackId, stackID, requestData }: HookEvent): string {
  const arn = [stackId, stackID, requestData?.targetLogicalId].find(text => text?.includes(':stack/'));
  return /:stack\/([^/]+)/.exec(arn ?? '')?.[1] ?? 'a stack without a name';
}

function makeParts(): Parts {
  const reader = new EnvironmentReader(process.env);
  const region = reader.text('AWS_REGION');
  const table = reader.text('HOLDFAST_REGISTER_TABLE');
  const parameter = reader.text('HOLDFAST_BREAK_GLASS');
  const list = (name: string, fallback: string) =>
    (reader.optional(name) ?? fallback).split(',').filter(each => each !== '');
  const keys = list('HOLDFAST_REGISTER_KEYS', REGISTER_KEY);
  const exempt = list('HOLDFAST_EXEMPT_STACKS', '');
  reader.finish();
  const endpointUrl = reader.optional('AWS_ENDPOINT_URL');
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return {
    read: awsInterlock({ region, table, keys, parameter, endpointUrl, timeoutMilliseconds: READ_TIMEOUT }),
    exempt,
    parameter,
    logger: jsonLogger({ clock: systemClock, write, base: { region, part: 'deploy-interlock' } }),
  };
}
