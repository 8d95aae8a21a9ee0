import { type StreamHandler, type StreamWork, streamHandler } from '../runtime/stream/stream-handler';
import { tracedStreamWork } from '../runtime/telemetry/message-telemetry';
import { bySource, workerParts } from './worker-parts';

let made: StreamHandler | undefined;

/** Works the records of a stream while this Region is active; the work itself is the module HOLDFAST_WORK_MODULE. */
export const handler: StreamHandler = event => {
  made ??= makeHandler();
  return made(event);
};

function makeHandler(): StreamHandler {
  const { telemetry, work, ...parts } = workerParts<StreamWork>('stream-worker');
  const handle = bySource(source =>
    streamHandler({ ...parts, work: tracedStreamWork(telemetry.telemetry, source, work) }),
  );
  return event => telemetry.around(() => handle(event));
}
