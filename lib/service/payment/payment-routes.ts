import { toRuntimeError } from '../../runtime/database/fence';
import { RuntimeError, type RuntimeProblem } from '../../runtime/errors';
import { Refused } from '../../runtime/saga/saga';
import type { HttpAnswer, HttpRequest, Route } from '../http/http-types';
import type { Charge, PaymentProvider } from './payment-provider';

const TOKEN = /^[\w.:/-]{1,200}$/;

/** `POST /charges`, `/refunds` and `/settlements`, each once in effect for a token, and `GET /healthz`. */
export function paymentRoutes(provider: PaymentProvider): readonly Route[] {
  const post = (pattern: RegExp, work: (charge: Charge) => Promise<HttpAnswer>): Route => ({
    method: 'POST',
    pattern,
    priority: () => 'write',
    handle: request => answered(request, work),
  });
  return [
    post(/^\/charges$/, charge => chargeOrTell(provider, charge)),
    post(/^\/refunds$/, async charge => {
      await provider.refund(charge);
      return { status: 200, body: { status: 'refunded' } };
    }),
    post(/^\/settlements$/, async charge => ({
      status: 200,
      body: { outcome: await provider.settle(charge) },
    })),
    {
      method: 'GET',
      pattern: /^\/healthz$/,
      quiet: true,
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    },
  ];
}

async function chargeOrTell(provider: PaymentProvider, charge: Charge): Promise<HttpAnswer> {
  try {
    await provider.charge(charge);
    return { status: 200, body: { status: 'charged' } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: 402, body: { error: { code: 'refused', message: error.message } } };
  }
}

async function answered(
  request: HttpRequest,
  work: (charge: Charge) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const charge = parseCharge(await request.json());
  try {
    return await work(charge);
  } catch (error) {
    throw toRuntimeError(error);
  }
}

/** @throws RuntimeError `invalid-input` with every problem */
function parseCharge(body: unknown): Charge {
  const { token, customer, cents } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const problems: RuntimeProblem[] = [];
  const refuse = (path: string, received: unknown, message: string, fix: string) =>
    problems.push({ path, received, message, fix });
  if (typeof token !== 'string' || !TOKEN.test(token))
    refuse('token', token, 'is no token', 'give 1 to 200 letters, digits and .:/-_');
  if (typeof customer !== 'string' || customer.length < 1 || customer.length > 128)
    refuse('customer', undefined, 'is no customer', 'give 1 to 128 characters');
  if (!Number.isSafeInteger(cents) || (cents as number) < 1)
    refuse('cents', cents, 'is no price', 'give a whole number from 1');
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'the charge is not valid', problems);
  return { token, customer, cents } as Charge;
}
