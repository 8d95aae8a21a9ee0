import { SQSClient } from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../sha256';

/** Who signs in to ElastiCache by IAM. */
export interface CacheIdentity {
  /** Id of the replication group, in lower case. */
  readonly cacheId: string;
  readonly user: string;
}

/** A token serves for 15 minutes to sign in; a connection then stays signed in for twelve hours. */
const TOKEN_SECONDS = 900;

/**
 * Makes IAM tokens for ElastiCache: a presigned `connect` request without its scheme. Source: ElastiCache user
 * guide, "Authenticating with IAM".
 */
export function cacheTokens(identity: CacheIdentity, region: string): () => Promise<string> {
  const signer = new SignatureV4({
    service: 'elasticache',
    region,
    // The process's own credentials, found as every SDK client finds them.
    credentials: new SQSClient({ region }).config.credentials,
    sha256: Sha256,
  });
  return async () => {
    const request = {
      method: 'GET',
      protocol: 'http:',
      hostname: identity.cacheId,
      path: '/',
      query: { Action: 'connect', User: identity.user },
      headers: { host: identity.cacheId },
    };
    const { query } = await signer.presign(request, { expiresIn: TOKEN_SECONDS });
    const pairs = Object.entries(query ?? {}).map(
      ([name, value]) => `${encode(name)}=${encode(String(value))}`,
    );
    return `${identity.cacheId}/?${pairs.join('&')}`;
  };
}

/** Percent-encoding as signatures want it (RFC 3986). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
