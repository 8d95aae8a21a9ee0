import { gateHost, regionHost } from '../../naming';
import type { OutsideAnswer, OutsideRequest } from '../../ports';
import { isActive } from '../../runtime/register/register';
import type { DrillContext } from '../run/context';
import { isUnavailable } from '../run/failures';

/** What a drill reads of the service's `/readyz`. */
export interface Readiness {
  readonly ready: boolean;
  readonly role?: 'active' | 'standby';
  readonly epoch?: number;
  readonly database?: { readonly writable?: boolean; readonly lagSeconds?: number };
  readonly warmUp?: { readonly state: 'idle' | 'warming' | 'warm' | 'failed' };
}

/** What a gate answered. */
export interface GateAnswer {
  readonly active: boolean;
  readonly epoch?: number;
  readonly stale?: boolean;
}

/** How long a probe waits for an answer, unscaled. */
const PROBE_TIMEOUT_MILLISECONDS = 3000;

/** The Region's own readiness, asked at its own name from outside; nothing when it does not answer. */
export async function readyz(context: DrillContext, region: string): Promise<Readiness | undefined> {
  const { settings, entries } = context;
  const answer = await probe(context, {
    ...entries.service,
    host: regionHost(region, settings.host),
    path: '/readyz',
    timeoutMilliseconds: PROBE_TIMEOUT_MILLISECONDS,
  });
  return answer === undefined ? undefined : (parseJson(answer.body) as Readiness | undefined);
}

/**
 * The gate's answer; nothing when it does not answer. A gate that lets in only Route 53's checkers answers 403: what it
 * would say is then read where it reads it itself, in the register at its own Region.
 */
export async function gate(context: DrillContext, region: string): Promise<GateAnswer | undefined> {
  const { settings, entries } = context;
  const answer = await probe(context, {
    ...entries.gate,
    host: gateHost(region, settings.host),
    path: '/',
    timeoutMilliseconds: PROBE_TIMEOUT_MILLISECONDS,
  });
  if (answer === undefined) return undefined;
  if (answer.status === 403) return gateOfRegister(context, region);
  const body = parseJson(answer.body) as Partial<GateAnswer> | undefined;
  return { ...body, active: answer.status === 200 && body?.active === true };
}

async function gateOfRegister({ cloud }: DrillContext, region: string): Promise<GateAnswer | undefined> {
  try {
    const record = (await cloud.readRegister(region))?.record;
    return record === undefined
      ? { active: false }
      : { active: isActive(record, region), epoch: record.epoch };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return undefined;
  }
}

/** Sends a request from outside; nothing when no answer came. */
export async function probe(
  context: DrillContext,
  request: OutsideRequest,
): Promise<OutsideAnswer | undefined> {
  try {
    return await context.outside.request(request);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return undefined;
  }
}

/** A parsed JSON object, or nothing. */
export function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
