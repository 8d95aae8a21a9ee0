const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of an outbox row. */
export const isOutboxId = (text: string): boolean => UUID.test(text);

/** The outbox row that a message's body names; `undefined` when it names none. */
export function outboxIdOf(body: string): string | undefined {
  const id = parse(body)?.orderId;
  return typeof id === 'string' && isOutboxId(id) ? id : undefined;
}

/** The body under a new epoch: only a field `epoch` that is a number changes, and a body without one stays as it is. */
export function readdress(body: string, epoch: number): string {
  const value = parse(body);
  return typeof value?.epoch === 'number' ? JSON.stringify({ ...value, epoch }) : body;
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
