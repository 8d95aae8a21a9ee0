import { type QueueHandler, type QueueWork, queueHandler } from '../runtime/queue/queue-handler';
import { workerParts } from './worker-parts';

let made: QueueHandler | undefined;

/** Works the messages of a queue while this Region is active; the work itself is the module HOLDFAST_WORK_MODULE. */
export const handler: QueueHandler = event => {
  made ??= makeHandler();
  return made(event);
};

function makeHandler(): QueueHandler {
  const parts = workerParts<QueueWork>('queue-worker');
  const { environment, parking } = parts;
  return queueHandler({
    ...parts,
    concurrency: environment.concurrency,
    parking: parking && { parking },
  });
}
