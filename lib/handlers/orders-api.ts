import { apiFunction, type HttpFunction } from '../service/functions/function-api';
import { functionParts } from '../service/functions/function-parts';

let made: HttpFunction | undefined;

/** The orders service behind an HTTP API, a function URL or a load balancer. */
export const handler: HttpFunction = async event => {
  made ??= apiFunction(functionParts('orders-api', process.env));
  return made(event);
};
