/** What a message asks: fulfil this order. The database decides whether that is still owed. */
export interface WorkMessage {
  readonly orderId: string;
  /** Epoch under which it was sent. */
  readonly epoch: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Body of a message. */
export function formatWorkMessage(message: WorkMessage): string {
  return JSON.stringify({ version: 1, orderId: message.orderId, epoch: message.epoch });
}

/** Reads a body; `undefined` when it is no message of ours. */
export function parseWorkMessage(body: string): WorkMessage | undefined {
  try {
    const value = JSON.parse(body) as Partial<WorkMessage> | null;
    if (typeof value?.orderId !== 'string' || !UUID.test(value.orderId)) return undefined;
    if (!Number.isSafeInteger(value.epoch)) return undefined;
    return { orderId: value.orderId, epoch: value.epoch as number };
  } catch {
    return undefined;
  }
}
