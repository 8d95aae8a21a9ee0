import { HttpError, type HttpRequest, type Route } from '../http/http-types';
import type { OrderResidency } from './residency-orders';

/** Says whose law a record is under; known before the body is read, so that what may not be here never is. */
export const JURISDICTION_HEADER = 'x-holdfast-jurisdiction';

const JURISDICTION = /^[a-z][a-z0-9-]{0,31}$/;

/** The tag of a request, if it has one. @throws HttpError 400 when it is no name of a jurisdiction */
export function tagOf(request: Pick<HttpRequest, 'header'>): { readonly jurisdiction?: string } {
  const jurisdiction = request.header(JURISDICTION_HEADER);
  if (jurisdiction === undefined) return {};
  if (JURISDICTION.test(jurisdiction)) return { jurisdiction };
  const form = 'lower case letters, digits and hyphens, 1 to 32, beginning with a letter';
  throw new HttpError(400, 'invalid-input', `the header ${JURISDICTION_HEADER} must hold ${form}`);
}

/**
 * The routes of orders behind the policy: a write is judged by its tag, one without a tag too, and a read that says whose
 * record it looks for is sent on where that is. What a read finds is judged again by the tag of its row.
 */
export function withResidency(
  routes: readonly Route[],
  residency: Pick<OrderResidency, 'requireHere'> | undefined,
): readonly Route[] {
  if (residency === undefined) return routes;
  return routes.map(route => ({
    ...route,
    handle: async request => {
      const { jurisdiction } = tagOf(request);
      if (route.method === 'POST' || jurisdiction !== undefined) residency.requireHere(jurisdiction);
      return route.handle(request);
    },
  }));
}
