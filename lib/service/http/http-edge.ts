import type { Clock } from '../../runtime/clock';
import type { Admission } from '../../runtime/edge/admission';
import { type ClientIdentityOptions, identifyClient, knownClient } from '../../runtime/edge/client-identity';
import { admittedPriority, PRIORITY_HEADER } from '../../runtime/edge/priority';
import { rateHeaders, retryAfterSeconds } from '../../runtime/edge/rate-headers';
import type { RateLimiter } from '../../runtime/edge/rate-limiter';
import { withDeadline } from '../../runtime/policy/deadline';
import { admittedMilliseconds, DEADLINE_HEADER } from '../../runtime/policy/deadline-header';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from './http-types';

/** What stands between the socket and the routes. */
export interface HttpEdgeOptions {
  readonly clock: Clock;
  readonly admission: Admission;
  /** @default - clients are not limited */
  readonly limiter?: RateLimiter;
  readonly identity: ClientIdentityOptions;
  /** Longest time for a request, in milliseconds; a client may give less. */
  readonly requestMilliseconds: number;
}

/** Code of an answer to a client that has gone; nobody reads it but the log. */
const CLIENT_GONE = 499;

/**
 * The way of a request to its route: the limit of its client, its deadline, its place in the line. What is refused
 * on the way was not begun. Routes of health are asked past all of it, so that a busy clone is not taken for a dead one.
 */
export class HttpEdge {
  constructor(private readonly options: HttpEdgeOptions) {}

  /**
   * Runs a route. `begun` is told when work begins: from then on a write may have an effect.
   * @throws HttpError 429 and 499, RuntimeError `deadline`, `overloaded` and `invalid-input`, at once or later
   */
  handle(route: Route, request: HttpRequest, begun: () => void): Promise<HttpAnswer> {
    if (route.quiet) return route.handle(request);
    const { clock, requestMilliseconds, limiter } = this.options;
    const limit = admittedMilliseconds(request.header(DEADLINE_HEADER), requestMilliseconds);
    const until = clock.monotonic() + limit;
    if (limiter === undefined) return this.admit(route, request, until, begun);
    return this.charge(limiter, request).then(async headers => {
      const answer = await this.admit(route, request, until, begun);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    });
  }

  /** Id of the client whose key this is; undefined when the key is not known. */
  clientOf(apiKey: string | undefined): string | undefined {
    return apiKey === undefined ? undefined : knownClient(apiKey, this.options.identity.knownKeys);
  }

  private admit(route: Route, request: HttpRequest, until: number, begun: () => void): Promise<HttpAnswer> {
    const { clock, admission } = this.options;
    const own = route.priority?.(request) ?? 'read';
    const priority = admittedPriority(own, request.header(PRIORITY_HEADER));
    return admission.run(priority, () => {
      if (request.gone()) throw new HttpError(CLIENT_GONE, 'client-gone', 'the client has gone');
      const work = () => {
        begun();
        return route.handle(request);
      };
      // With nothing left it rejects before the work begins.
      return withDeadline(until - clock.monotonic(), work, { clock });
    });
  }

  private async charge(
    limiter: RateLimiter,
    request: HttpRequest,
  ): Promise<Readonly<Record<string, string>>> {
    const client = identifyClient(
      {
        peerAddress: request.peerAddress,
        forwardedFor: request.header('x-forwarded-for'),
        apiKey: request.header('x-api-key'),
      },
      this.options.identity,
    );
    const decision = await limiter.take(client.id);
    const headers = rateHeaders(decision);
    if (decision.allowed) return headers;
    const wait = `ask again in ${retryAfterSeconds(decision)} s`;
    throw new HttpError(429, 'rate-limited', `this client has used up its limit; ${wait}`, headers);
  }
}
