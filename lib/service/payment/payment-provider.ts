import type { Database } from '../../runtime/database/database';
import { Refused } from '../../runtime/saga/saga';

/** One charge. */
export interface Charge {
  /** The key: one charge, however often it is asked for. */
  readonly token: string;
  readonly customer: string;
  readonly cents: number;
}

/** What the service asks of whoever moves the money. An answer to a token stays what it was. */
export interface PaymentProvider {
  /** @throws Refused when it was declined, closed by `settle`, or refunded meanwhile */
  charge(charge: Charge): Promise<void>;
  /** Gives back what was charged under a token; once, however often it is asked for. */
  refund(charge: Charge): Promise<void>;
  /** Whether it was charged under a token; if not, it never will be. */
  settle(charge: Charge): Promise<'taken' | 'not-taken'>;
}

/** Table of {@link LabPaymentProvider}; nothing else reads or writes it. Repeatable. */
export const PAYMENT_SCHEMA = `
CREATE TABLE IF NOT EXISTS lab_payments (
  token text PRIMARY KEY,
  customer text NOT NULL,
  cents bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('charged', 'refused', 'refunded')),
  calls integer NOT NULL DEFAULT 1
);
`;

/** What the lab's provider declines. */
const MOST_CENTS = 1_000_000;

/**
 * The lab's provider: a table of its own, written in transactions of its own, so that the service has no more hold of
 * it than of one on the Internet. In the service's own process it is in the database of the Region, so it does not
 * outlive that as a real one would; `payment-main.ts` runs it as a process of its own, on a database of its own.
 */
export class LabPaymentProvider implements PaymentProvider {
  constructor(private readonly database: Database) {}

  async charge(charge: Charge): Promise<void> {
    const status = await this.answer(charge, charge.cents > MOST_CENTS ? 'refused' : 'charged');
    if (status !== 'charged') throw new Refused(`the payment is ${status}`);
  }

  async refund({ token }: Charge): Promise<void> {
    await this.database.query(
      `UPDATE lab_payments SET status = 'refunded', calls = calls + 1 WHERE token = $1 AND status = 'charged'`,
      [token],
    );
  }

  async settle(charge: Charge): Promise<'taken' | 'not-taken'> {
    return (await this.answer(charge, 'refused')) === 'charged' ? 'taken' : 'not-taken';
  }

  /** The answer to a token: `first` for one that was never seen. */
  private async answer({ token, customer, cents }: Charge, first: 'charged' | 'refused'): Promise<string> {
    const { rows } = await this.database.query<{ status: string }>(
      `INSERT INTO lab_payments AS known (token, customer, cents, status) VALUES ($1, $2, $3, $4)
       ON CONFLICT (token) DO UPDATE SET calls = known.calls + 1 RETURNING status`,
      [token, customer, cents, first],
    );
    return rows[0]?.status ?? 'refused';
  }
}
