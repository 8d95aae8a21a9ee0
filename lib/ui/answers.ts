import { gateHost, regionHost } from '../naming';
import type { Outside, OutsideAnswer, OutsideRequest } from '../ports';
import type { GateView, ServiceView } from './view';

/** How the gates and the service are reached from outside. */
export interface AnswerOptions {
  readonly outside: Outside;
  /** The service's name, such as `orders.example.com`. */
  readonly host: string;
  readonly entries: Readonly<
    Record<'service' | 'gate', { readonly scheme: 'http' | 'https'; readonly port: number }>
  >;
}

const TIMEOUT_MILLISECONDS = 1500;

/** Asks a Region's gate at its own name. That it gives no answer is an answer too. */
export async function askGate(options: AnswerOptions, region: string): Promise<GateView> {
  const { entries, host } = options;
  const answer = await ask(options, { ...entries.gate, host: gateHost(region, host), path: '/' });
  if (answer === undefined) return { says: 'no answer', epoch: null, keepsLast: false };
  const { active, epoch, stale } = parse(answer.body);
  return {
    says: answer.status === 200 && active === true ? 'active' : 'not active',
    epoch: typeof epoch === 'number' ? epoch : null,
    keepsLast: stale === true,
  };
}

/** Asks a Region's service what it says of itself. */
export async function askService(options: AnswerOptions, region: string): Promise<ServiceView> {
  const { entries, host } = options;
  const answer = await ask(options, { ...entries.service, host: regionHost(region, host), path: '/readyz' });
  if (answer === undefined) return { says: 'no answer', epoch: null };
  const { ready, role, epoch } = parse(answer.body);
  return {
    says: ready !== true ? 'not ready' : role === 'active' ? 'active' : 'standby',
    epoch: typeof epoch === 'number' ? epoch : null,
  };
}

async function ask(
  { outside }: AnswerOptions,
  request: Omit<OutsideRequest, 'timeoutMilliseconds'>,
): Promise<OutsideAnswer | undefined> {
  try {
    return await outside.request({ ...request, timeoutMilliseconds: TIMEOUT_MILLISECONDS });
  } catch {
    return undefined;
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
