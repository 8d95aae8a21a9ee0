import { parseJson } from '../http/http-body';
import type { HttpReply, Incoming } from '../http/http-exchange';

/** What an HTTP API (payload format 2.0) or a function URL hands over, as far as it is read. */
export interface ApiEvent {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  /** Names in lower case; a header that came twice is one text with commas. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly stage?: string;
    readonly http: { readonly method: string; readonly sourceIp?: string };
  };
}

/** What a load balancer hands over to a function behind it, as far as it is read. */
export interface BalancerEvent {
  readonly httpMethod: string;
  readonly path: string;
  /** As they were sent: the balancer decodes nothing. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** A request to a function, whatever stands in front of it. */
export type HttpEvent = ApiEvent | BalancerEvent;

/** An answer as all of them take it. */
export interface HttpEventAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

const isApi = (event: HttpEvent): event is ApiEvent => 'http' in ((event as ApiEvent).requestContext ?? {});

/** A request out of an event. */
export function incomingOf(event: HttpEvent): Incoming {
  const { headers, body, isBase64Encoded } = event;
  const shared = {
    header: (name: string) => headers?.[name] ?? undefined,
    // Nobody tells a function that its caller has gone.
    gone: () => false,
    json: async () => parseJson(Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8')),
  };
  if (!isApi(event)) {
    return { ...shared, method: event.httpMethod, target: balancerTarget(event), peerAddress: undefined };
  }
  const { http, stage } = event.requestContext;
  return { ...shared, method: http.method, target: apiTarget(event, stage), peerAddress: http.sourceIp };
}

/** The answer to an event. What counts the bytes of the body is whatever sends it. */
export function answerOf({ status, headers, body }: HttpReply, method: string): HttpEventAnswer {
  return {
    statusCode: status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: method === 'HEAD' ? '' : body,
    isBase64Encoded: false,
  };
}

/** A named stage stands before the path, and is no part of it. */
function apiTarget({ rawPath = '/', rawQueryString }: ApiEvent, stage: string | undefined): string {
  const prefix = `/${stage}`;
  const named = stage !== undefined && stage !== '$default';
  const path =
    named && `${rawPath}/`.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) || '/' : rawPath;
  return rawQueryString ? `${path}?${rawQueryString}` : path;
}

function balancerTarget({ path, queryStringParameters }: BalancerEvent): string {
  const pairs = Object.entries(queryStringParameters ?? {}).map(([name, value]) => `${name}=${value ?? ''}`);
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
}
