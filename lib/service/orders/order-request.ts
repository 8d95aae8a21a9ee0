import { RuntimeError, type RuntimeProblem } from '../../runtime/errors';

/** What a client orders. */
export interface OrderRequest {
  readonly item: string;
  readonly quantity: number;
  /** Name of the ledger that numbers this write; always together with `number`. */
  readonly ledger?: string;
  readonly number?: number;
  /** Whose law the record is under, as the request's header says. */
  readonly jurisdiction?: string;
}

/** Names of ledgers. */
export const LEDGER_NAME = /^[\w.:-]{1,128}$/;

/** Reads the body of an order; throws one `invalid-input` error with every problem. */
export function parseOrderRequest(body: unknown, maximumQuantity: number): OrderRequest {
  const problems: RuntimeProblem[] = [];
  const refuse = (path: string, received: unknown, message: string, fix: string) =>
    problems.push({ path, received, message, fix });
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RuntimeError('invalid-input', 'the body is not a JSON object');
  }
  const { item, quantity, ledger, number } = body as Readonly<Record<string, unknown>>;
  if (typeof item !== 'string' || item.length === 0 || item.length > 200 || item.includes('\u0000')) {
    refuse('item', item, 'is not a name', 'give a text of 1 to 200 characters');
  }
  if (!isWhole(quantity, 1, maximumQuantity)) {
    refuse('quantity', quantity, 'is not a quantity', `give a whole number from 1 to ${maximumQuantity}`);
  }
  if (ledger !== undefined && (typeof ledger !== 'string' || !LEDGER_NAME.test(ledger))) {
    refuse('ledger', ledger, 'is not a ledger', 'give 1 to 128 letters, digits, dots, colons, hyphens');
  }
  if (number !== undefined && !isWhole(number, 0, Number.MAX_SAFE_INTEGER)) {
    refuse('number', number, 'is not a ledger number', 'give a whole number from 0');
  }
  if ((ledger === undefined) !== (number === undefined)) {
    refuse('number', number, 'stands without its counterpart', 'give ledger and number together, or neither');
  }
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'the order is not valid', problems);
  return { item, quantity, ledger, number } as OrderRequest;
}

function isWhole(value: unknown, minimum: number, maximum: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
}
