/** What a client outside sees of the service. */

/** A request from outside, as a client of the service makes it. */
export interface OutsideRequest {
  /** Name in the URL and the Host header. */
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMilliseconds: number;
}

/** The answer to a request from outside. */
export interface OutsideAnswer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client outside sees: names and answers. */
export interface Outside {
  /** Asks the DNS server now, without a cache. */
  resolve(name: string): Promise<{ readonly addresses: readonly string[]; readonly ttlSeconds: number }>;
  /** Sends one request. Names are resolved through {@link resolve} and kept for their TTL. */
  request(request: OutsideRequest): Promise<OutsideAnswer>;
  /**
   * The end of the certificate's validity that the name presents, after a handshake that verifies it.
   * @throws HoldfastError `unavailable` when nothing answers, `refused` when the certificate is not valid for the name
   */
  certificateEnd(host: string, port: number): Promise<Date>;
}
