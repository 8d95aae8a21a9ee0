import { RuntimeError } from '../errors';

/** Credentials as the AWS SDK takes them. */
export interface LambdaCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** @default - keys that last, as in a lab */
  readonly sessionToken?: string;
}

/**
 * The credentials of a function, which Lambda gives by environment; they last as long as the execution environment
 * does. Source: Lambda developer guide, "Defined runtime environment variables".
 *
 * It bears the name under which every SDK client asks for its chain of sources (profiles, single sign-on, instance
 * metadata), so that a bundle for Lambda can leave that chain out, which is a third of its size:
 * `esbuild --alias:@aws-sdk/credential-provider-node=holdfast/runtime/environment/lambda-credentials`.
 *
 * @returns a source that rejects with RuntimeError `unavailable` where the environment holds none
 */
export function defaultProvider(): () => Promise<LambdaCredentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    }
    throw new RuntimeError('unavailable', 'the environment holds no credentials', [
      {
        path: accessKeyId ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID',
        received: undefined,
        message: 'is not set; this bundle takes credentials from the environment alone, as Lambda gives them',
        fix: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or bundle with the SDK’s own chain',
      },
    ]);
  };
}
