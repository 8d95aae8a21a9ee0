import type { ResidencyPolicy } from './residency-policy';

/** A request, as far as residency goes. Known from a header, a token or a path, before the body is read. */
export interface ResidentRequest {
  readonly jurisdiction: string | undefined;
  /** Region that it came to. */
  readonly region: string;
}

/** What becomes of a request. */
export type ResidencyDecision =
  | { readonly kind: 'here' }
  | { readonly kind: 'refused'; readonly answer: ResidencyAnswer };

/** An answer that is no service: the body of the request is not read, and nothing of it is logged. */
export interface ResidencyAnswer {
  /** 421: not here but there. 403: this application may hold it nowhere. */
  readonly status: 421 | 403;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: string;
    readonly jurisdiction: string;
    /** Where to go instead, with the endpoint where it is known. */
    readonly regions: ReadonlyArray<{ readonly region: string; readonly endpoint?: string }>;
  };
}

/**
 * Whether a request may be served in the Region that it came to.
 *
 * The answer is 421 (RFC 9110, 15.5.20: this server is not the one to answer for this target), not a 307. A 307 is
 * followed without anybody's decision, by proxies and clients that send the body and, some of them, the credentials on
 * to a host that they did not choose; and a client that keeps sending records to the wrong jurisdiction would never be
 * noticed. A 421 says where to go and leaves the going to who knows the record.
 *
 * @param endpoints base URL of each Region's entrance, by Region
 */
export function decideResidency(
  policy: ResidencyPolicy,
  { jurisdiction, region }: ResidentRequest,
  endpoints: Readonly<Record<string, string>> = {},
): ResidencyDecision {
  if (policy.allows(jurisdiction, region)) return { kind: 'here' };
  const name = jurisdiction ?? 'untagged';
  const regions = policy.regionsOf(jurisdiction).map(place => {
    const endpoint = endpoints[place];
    return endpoint === undefined ? { region: place } : { region: place, endpoint };
  });
  const error =
    regions.length === 0
      ? `records of jurisdiction ${name} may be held nowhere by this application`
      : `records of jurisdiction ${name} may not be held in ${region}`;
  return {
    kind: 'refused',
    answer: {
      status: regions.length === 0 ? 403 : 421,
      // The body that was not read would be taken for the next request on this connection.
      headers: { 'cache-control': 'no-store', connection: 'close' },
      body: { error, jurisdiction: name, regions },
    },
  };
}
