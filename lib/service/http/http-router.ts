import { HttpError, type Route } from './http-types';

/** Finds the route of a request. @throws HttpError 404 for an unknown path, 405 for a known one */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; parameters: readonly string[] } {
  const allowed: string[] = [];
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match === null) continue;
    if (route.method === method || (route.method === 'GET' && method === 'HEAD')) {
      return { route, parameters: match.slice(1) };
    }
    allowed.push(route.method);
  }
  if (allowed.length === 0) throw new HttpError(404, 'not-found', 'there is nothing at this path');
  const allow = allowed.join(', ');
  throw new HttpError(405, 'method-not-allowed', `this path takes ${allow}`, { allow });
}
