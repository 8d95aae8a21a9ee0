import type { ServiceClient } from '../../runtime/discovery/service-client';
import { RuntimeError } from '../../runtime/errors';
import { Refused } from '../../runtime/saga/saga';
import type { Charge, PaymentProvider } from './payment-provider';

/**
 * A payment provider in a process of its own, called by HTTPS. Every call carries the token, so each may come twice: the
 * policy repeats one whose answer was lost, and so does the saga, in whichever process it goes on.
 */
export class HttpPaymentProvider implements PaymentProvider {
  constructor(private readonly client: Pick<ServiceClient, 'post'>) {}

  async charge(charge: Charge): Promise<void> {
    const { status, body } = await this.post('/charges', charge);
    // The provider understood and declined: that is its answer to the token, now and later.
    if (status === 402) throw new Refused(messageOf(body) ?? 'the payment is refused');
    requireOk(status, body);
  }

  async refund(charge: Charge): Promise<void> {
    const { status, body } = await this.post('/refunds', charge);
    requireOk(status, body);
  }

  async settle(charge: Charge): Promise<'taken' | 'not-taken'> {
    const { status, body } = await this.post('/settlements', charge);
    requireOk(status, body);
    const outcome = textAt(body, 'outcome');
    if (outcome === 'taken' || outcome === 'not-taken') return outcome;
    throw new RuntimeError('unavailable', `the payment provider settles as ${JSON.stringify(outcome)}`);
  }

  private post(path: string, { token, customer, cents }: Charge) {
    return this.client.post(path, { token, customer, cents });
  }
}

/** Anything else leaves the outcome unknown: the saga asks again, and settles. */
function requireOk(status: number, body: unknown): void {
  if (status === 200) return;
  throw new RuntimeError('unavailable', `the payment provider answers ${status}: ${messageOf(body)}`);
}

const messageOf = (body: unknown): string | undefined =>
  textAt((body as { error?: unknown } | null)?.error, 'message');

function textAt(value: unknown, key: string): string | undefined {
  const found = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return typeof found === 'string' ? found : undefined;
}
