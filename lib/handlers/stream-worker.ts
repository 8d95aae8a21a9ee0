import { type StreamHandler, type StreamWork, streamHandler } from '../runtime/stream/stream-handler';
import { workerParts } from './worker-parts';

let made: StreamHandler | undefined;

/** Works the records of a stream while this Region is active; the work itself is the module HOLDFAST_WORK_MODULE. */
export const handler: StreamHandler = event => {
  made ??= streamHandler(workerParts<StreamWork>('stream-worker'));
  return made(event);
};
