/** A request, reduced to what routes need. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
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

/** One route. `quiet` routes log at debug only. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  readonly quiet?: boolean;
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
  ) {
    super(message);
  }
}
