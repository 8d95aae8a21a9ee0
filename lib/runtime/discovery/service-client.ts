import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { RuntimeError, reasonOf } from '../errors';
import { deadlineHeaders } from '../policy/deadline-header';
import type { Call, Policy } from '../policy/policy';
import { retryAfterMilliseconds } from '../policy/retry-after';
import { isTransient, type Transience } from '../policy/transient';
import { correlationId } from '../telemetry/correlation';
import { withTraceparent } from '../telemetry/trace-context';
import type { Endpoint } from './endpoint-source';
import type { ServiceEndpoints } from './service-endpoints';

/** What calls to one service stand on. */
export interface ServiceClientOptions {
  /** Name of the service, for messages; its certificate bears it. */
  readonly service: string;
  readonly endpoints: Pick<ServiceEndpoints, 'pick'>;
  /** Connections that show who we are, such as `mutualTlsAgent`; asked for each call, so that it can be renewed. */
  readonly agent: () => https.Agent;
  /** Guards the calls; its `transient` is {@link isTransientCall}. */
  readonly policy: Policy;
}

/** An answer below 500 that is neither 401, 403 nor 429. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A call that got no answer of use. */
export class ServiceCallError extends RuntimeError {
  constructor(
    message: string,
    /** Whether another attempt may help. */
    readonly transience: Transience,
    options?: ErrorOptions,
  ) {
    super('unavailable', message, [], options);
  }
}

/** Judges errors of calls: who is not let in is not let in by asking again. */
export function isTransientCall(error: unknown): Transience {
  return error instanceof ServiceCallError ? error.transience : isTransient(error);
}

/** Longest answer that is read, in bytes. */
const LONGEST = 64 * 1024;

/**
 * Calls another service by JSON over HTTPS: each attempt at an endpoint of its own choice, under the policy, with what is
 * left of the deadline and the correlation id in its headers.
 */
export class ServiceClient {
  constructor(private readonly options: ServiceClientOptions) {}

  /**
   * Posts a body that may be posted twice.
   * @throws RuntimeError `unavailable` without an answer of use, `deadline` when the time is over
   */
  post(path: string, body: object): Promise<ServiceAnswer> {
    const text = JSON.stringify(body);
    return this.options.policy.run(call => this.attempt(path, text, call));
  }

  private async attempt(path: string, text: string, call: Call): Promise<ServiceAnswer> {
    const { endpoints, service } = this.options;
    // Before an endpoint is picked: with no time left it is no failure of any.
    const headers = withTraceparent({ ...deadlineHeaders(), ...correlationHeaders() });
    const { endpoint, done } = endpoints.pick();
    const where = `${service} at ${endpoint.host}:${endpoint.port}`;
    try {
      const answer = await this.send(endpoint, path, text, headers, call.signal);
      done(answer.status < 500);
      return useful(answer, where);
    } catch (error) {
      if (error instanceof ServiceCallError) throw error;
      // Silence counts against the endpoint, whoever gave up first.
      done(false);
      throw new ServiceCallError(`${where} does not answer: ${reasonOf(error)}`, true, { cause: error });
    }
  }

  private send(
    { host, port }: Endpoint,
    path: string,
    text: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RawAnswer> {
    const options: https.RequestOptions = {
      ...{ host, port, path, signal, method: 'POST', agent: this.options.agent() },
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const request = https.request(options, message => {
        const { statusCode: status = 0 } = message;
        const retryAfter = message.headers['retry-after'];
        readAll(message).then(body => resolve({ status, body, retryAfter }), reject);
      });
      request.once('error', reject);
      request.end(text);
    });
  }
}

function correlationHeaders(): Readonly<Record<string, string>> {
  const id = correlationId();
  return id === undefined ? {} : { 'x-correlation-id': id };
}

interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST) throw new Error(`the answer is longer than ${LONGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function useful({ status, body, retryAfter }: RawAnswer, where: string): ServiceAnswer {
  if (status === 401 || status === 403)
    throw new ServiceCallError(`${where} does not let this service call it: ${status}`, false);
  if (status === 429 || status >= 500) {
    const hint = retryAfterMilliseconds(retryAfter);
    throw new ServiceCallError(
      `${where} answers ${status}`,
      hint === undefined ? true : { afterMilliseconds: hint },
    );
  }
  try {
    return { status, body: JSON.parse(body) };
  } catch (cause) {
    throw new ServiceCallError(`${where} answers ${status} without JSON`, true, { cause });
  }
}
