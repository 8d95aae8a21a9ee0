import { functionParts } from '../service/functions/function-parts';
import { type WorkerFunction, workerFunction } from '../service/functions/function-worker';

let made: WorkerFunction | undefined;

/** The orders worker behind its queue (with `ReportBatchItemFailures`) and a schedule. */
export const handler: WorkerFunction = async (event, context) => {
  made ??= workerFunction(functionParts('orders-worker', process.env));
  return made(event, context);
};
