import { reasonOf } from '../runtime/errors';
import { cloneApi } from './clone-api';
import { answerOf, type HttpEvent, type HttpEventAnswer, incomingOf } from './function-events';
import type { FunctionParts } from './function-parts';
import { HttpExchange, type HttpReply } from './http-exchange';
import { OutboxRelay } from './relay';
import { EventWatch } from './saga-health';

/** Answers one event. */
export type HttpFunction = (event: HttpEvent) => Promise<HttpEventAnswer>;

/**
 * The API as a function: routes, edge, idempotency and refusals are those of a clone. A write is sent on before it is
 * answered, since nothing runs between invocations; what could not be sent, the worker's schedule sends.
 */
export function apiFunction({ parts, telemetry, invoke }: FunctionParts): HttpFunction {
  const events = new EventWatch(parts);
  const { options } = cloneApi(parts, {
    telemetry: telemetry.telemetry,
    draining: () => false,
    details: () => ({ events: events.progress }),
  });
  const exchange = new HttpExchange(options);
  const relay = new OutboxRelay(parts);
  return event =>
    invoke(async () => {
      const incoming = incomingOf(event);
      if (incoming.target === '/readyz') await events.look();
      const reply = await new Promise<HttpReply>(resolve => exchange.run(incoming, resolve));
      if (reply.status === 201) {
        await relay.relay().catch(error => parts.logger.warn('relay.failed', { reason: reasonOf(error) }));
      }
      return answerOf(reply, incoming.method);
    });
}
