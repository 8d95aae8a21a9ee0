import { reasonOf } from '../../runtime/errors';
import { cloneApi } from '../clone/clone-api';
import { HttpExchange, type HttpReply } from '../http/http-exchange';
import { EventWatch } from '../saga/saga-health';
import { OutboxRelay } from '../worker/relay';
import { answerOf, type HttpEvent, type HttpEventAnswer, incomingOf } from './function-events';
import type { FunctionParts } from './function-parts';

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
