import type { IncomingHttpHeaders } from 'node:http';
import { restAction } from './rest-actions';

/** Wire protocol of a call, which decides the shape of an error. */
export type Protocol = 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 's3' | 'cbor';

/** What the gateway understands of a call. */
export interface ApiCall {
  /** Access key id; `anonymous` when the call is not signed. */
  readonly caller: string;
  /** Service as signed; `unknown` when the call is not signed. */
  readonly service: string;
  readonly region: string;
  readonly action: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Body, where the action or its parameters stand in it; undefined while it streams. */
  readonly body?: Buffer;
  /** Fields of the query or JSON protocol that are plain values. */
  readonly fields: ReadonlyMap<string, string>;
}

/** What an HTTP request looks like before it is understood. */
export interface RawCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: Buffer;
}

const REST_XML = new Set(['route53', 'cloudfront']);
const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Whether the body must be read before the call is understood; everything else streams. */
export function speaksInBody(method: string, headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? '';
  return method === 'POST' && /x-www-form-urlencoded|x-amz-json|application\/cbor/.test(type);
}

/** Reads caller, service, Region, action and parameters out of a request (Signature Version 4, all protocols). */
export function parseCall(raw: RawCall): ApiCall {
  const url = new URL(raw.url, 'http://gateway');
  const scope = credentialScope(raw.headers, url.searchParams);
  const target = header(raw.headers, 'x-amz-target');
  const fields = readFields(raw, target);
  const rpc = /\/service\/[^/]+\/operation\/([^/]+)$/.exec(url.pathname)?.[1];
  const named = target?.slice(target.lastIndexOf('.') + 1) ?? rpc ?? fields.get('Action');
  return {
    ...scope,
    action: named ?? restAction(scope.service, raw.method, url),
    protocol: protocolOf(scope.service, raw, target, fields),
    method: raw.method,
    path: url.pathname,
    query: url.searchParams,
    body: raw.body,
    fields,
  };
}

function credentialScope(headers: IncomingHttpHeaders, query: URLSearchParams) {
  const presigned = query.get('X-Amz-Credential');
  const text = presigned === null ? (headers.authorization ?? '') : `Credential=${presigned}`;
  const [, caller = 'anonymous', region = 'unknown', service = 'unknown'] = CREDENTIAL.exec(text) ?? [];
  return { caller, region, service };
}

function readFields(raw: RawCall, target: string | undefined): ReadonlyMap<string, string> {
  if (raw.body === undefined || raw.body.length === 0) return new Map();
  const type = raw.headers['content-type'] ?? '';
  if (type.includes('x-www-form-urlencoded')) return new Map(new URLSearchParams(raw.body.toString('utf8')));
  if (target === undefined || !type.includes('json')) return new Map();
  try {
    const document: unknown = JSON.parse(raw.body.toString('utf8'));
    const plain = Object.entries(document ?? {}).filter(([, value]) => typeof value !== 'object');
    return new Map(plain.map(([key, value]) => [key, String(value)]));
  } catch {
    return new Map(); // the emulator answers what it thinks of such a body
  }
}

function protocolOf(
  service: string,
  raw: RawCall,
  target: string | undefined,
  fields: ReadonlyMap<string, string>,
): Protocol {
  if (target !== undefined) return 'json';
  if (header(raw.headers, 'smithy-protocol') === 'rpc-v2-cbor') return 'cbor';
  if (fields.has('Action')) return service === 'ec2' ? 'ec2' : 'query';
  if (service === 's3') return 's3';
  return REST_XML.has(service) ? 'rest-xml' : 'rest-json';
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Parameters that name what a call touches; everything else may be long or secret and is not recorded. */
const NAMING = new Set([
  'AllowDataLoss',
  'AutoScalingGroupName',
  'DBClusterIdentifier',
  'DesiredCapacity',
  'GlobalClusterIdentifier',
  'ListenerArn',
  'MaxSize',
  'MinSize',
  'Name',
  'StackName',
  'TableName',
  'TargetDbClusterIdentifier',
  'TargetGroupArn',
  'TargetGroupArns.member.1',
]);

/** The recorded parameters of a call: names and numbers, never values that could be secret. */
export function namingParameters(call: ApiCall): Record<string, string> | undefined {
  const named = [...call.fields].filter(([key]) => NAMING.has(key));
  if (call.protocol.startsWith('rest') || call.protocol === 's3') named.push(['path', call.path]);
  return named.length === 0 ? undefined : Object.fromEntries(named);
}
