import { type QueueHandler, type QueueWork, queueHandler } from '../runtime/queue/queue-handler';
import { tracedQueueWork } from '../runtime/telemetry/message-telemetry';
import { bySource, workerParts } from './worker-parts';

let made: QueueHandler | undefined;

/** Works the messages of a queue while this Region is active; the work itself is the module HOLDFAST_WORK_MODULE. */
export const handler: QueueHandler = event => {
  made ??= makeHandler();
  return made(event);
};

function makeHandler(): QueueHandler {
  const { telemetry, work, ...parts } = workerParts<QueueWork>('queue-worker');
  const { environment, parking } = parts;
  const handle = bySource(source =>
    queueHandler({
      ...parts,
      work: tracedQueueWork(telemetry.telemetry, source, work),
      concurrency: environment.concurrency,
      parking: parking && { parking },
    }),
  );
  return event => telemetry.around(() => handle(event));
}
