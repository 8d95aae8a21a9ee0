import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../sha256';

/** Who signs, and for what. */
export interface RequestSignerOptions {
  readonly region: string;
  /** Name in the signature: `vpc-lattice-svcs` for VPC Lattice, `execute-api` for API Gateway. */
  readonly service: string;
  /** The process's own credentials, such as an SDK client's `config.credentials`. */
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

/** A request before it is sent. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * Signs requests to other services by SigV4. On AWS the mesh or the gateway in front of the service verifies them
 * (`AWS_IAM`); a process cannot, since it holds nobody's secret: where nothing verifies, use mutual TLS.
 *
 * VPC Lattice takes no signature of the body (`UNSIGNED-PAYLOAD`), so its body is protected by TLS alone. Source: VPC
 * Lattice user guide, "SigV4 authenticated requests".
 *
 * @returns all headers to send, those given among them
 */
export function requestSigner(options: RequestSignerOptions) {
  const signer = new SignatureV4({ ...options, sha256: Sha256 });
  const unsignedBody = options.service === 'vpc-lattice-svcs';
  return async ({ method, url, headers = {}, body }: UnsignedRequest): Promise<Record<string, string>> => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: {
        ...headers,
        host: url.host,
        ...(unsignedBody ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
      },
      body,
    });
    return signed.headers;
  };
}

/** A name that comes more than once has all of its values. */
function queryOf(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return query;
}
