import type { Priority } from '../../runtime/edge/priority';

/** A request, reduced to what routes need. */
export interface HttpRequest {
  readonly method: string;
  /** Parameters after the question mark. */
  query(): URLSearchParams;
  /** Address of the peer that holds the connection. */
  readonly peerAddress: string | undefined;
  /** Id of the client who signed in by a known API key; undefined for everybody else. */
  client(): string | undefined;
  /** Whether nobody waits for the answer any more. */
  gone(): boolean;
  /** Groups of the route's pattern, such as the id in `/orders/:id`. */
  readonly parameters: readonly string[];
  readonly correlationId: string;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** The JSON body; rejects with `HttpError` 400 or 413. */
  json(): Promise<unknown>;
}

/** An answer; the body is sent as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route. `quiet` routes (health) log at debug only and are never limited or shed. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  readonly quiet?: boolean;
  /** The path names a person: logs show the pattern in its place. @default false */
  readonly personal?: boolean;
  /** What a request matters under load. @default 'read' */
  readonly priority?: (request: HttpRequest) => Priority;
  handle(request: HttpRequest): Promise<HttpAnswer>;
}

/** What a client did wrong, by HTTP status. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    /** Stable code in the answer. */
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Further fields of the error in the answer. */
    readonly details: object = {},
  ) {
    super(message);
  }
}
