import { randomUUID } from 'node:crypto';
import type { ApiCall, Protocol } from './call';

/** A whole HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An error as a service would give it, before it has the shape of a protocol. */
export interface ServiceError {
  readonly status: number;
  /** Code of the JSON protocols, such as `AccessDeniedException`. */
  readonly code: string;
  /** Code of the XML protocols, where it differs. @default - `code` */
  readonly xmlCode?: string;
  readonly message: string;
}

/** A refusal by policy. */
export function accessDenied(call: ApiCall): Reply {
  const message = `User: ${call.caller} is not authorized to perform: ${call.service}:${call.action}`;
  const xmlCode = call.protocol === 'ec2' ? 'UnauthorizedOperation' : 'AccessDenied';
  const status = call.protocol === 'json' || call.protocol === 'cbor' ? 400 : 403;
  return errorReply(call.protocol, { status, code: 'AccessDeniedException', xmlCode, message });
}

/** A refusal for too many calls; SDKs wait and try again. */
export function throttled(call: ApiCall): Reply {
  const slow = call.protocol === 's3' || call.protocol === 'ec2';
  const xmlCode = call.protocol === 's3' ? 'SlowDown' : slow ? 'RequestLimitExceeded' : 'Throttling';
  const error = { status: slow ? 503 : 400, code: 'ThrottlingException', xmlCode, message: 'Rate exceeded' };
  return errorReply(call.protocol, error);
}

/** A failure of the service itself; SDKs try again. */
export function serverError(call: ApiCall, status: 500 | 503, message = 'injected fault'): Reply {
  const code = status === 503 ? 'ServiceUnavailable' : 'InternalServerError';
  return errorReply(call.protocol, {
    status,
    code,
    xmlCode: status === 503 ? code : 'InternalFailure',
    message,
  });
}

/** Gives an error the shape of a protocol. */
export function errorReply(protocol: Protocol, error: ServiceError): Reply {
  const { status, code, xmlCode = code, message } = error;
  const id = randomUUID();
  switch (protocol) {
    case 'json':
    case 'rest-json': {
      const type = protocol === 'json' ? 'application/x-amz-json-1.0' : 'application/json';
      const headers = { 'content-type': type, 'x-amzn-errortype': code, 'x-amzn-requestid': id };
      return { status, headers, body: JSON.stringify({ __type: code, message }) };
    }
    case 'cbor': {
      const headers = {
        'content-type': 'application/cbor',
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-requestid': id,
      };
      return { status, headers, body: cborMap({ __type: code, message }) };
    }
    default:
      return {
        status,
        headers: { 'content-type': 'text/xml' },
        body: xmlError(protocol, xmlCode, message, id),
      };
  }
}

function xmlError(protocol: Protocol, code: string, message: string, id: string): string {
  const inner = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  if (protocol === 'ec2') {
    return `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${id}</RequestID></Response>`;
  }
  if (protocol === 's3') return `<Error>${inner}<RequestId>${id}</RequestId></Error>`;
  const error = `<Error><Type>Sender</Type>${inner}</Error>`;
  return `<ErrorResponse>${error}<RequestId>${id}</RequestId></ErrorResponse>`;
}

/** A map of short texts in CBOR (RFC 8949). */
function cborMap(map: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  const entries = Object.entries(map).flatMap(([key, value]) => [text(key), text(value)]);
  return Buffer.concat([Buffer.from([0xa0 + Object.keys(map).length]), ...entries]);
}

/** Escapes text for XML. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, sign => `&#${sign.charCodeAt(0)};`);
}

/** An answer of a query service. */
export function queryReply(action: string, namespace: string, result: string): Reply {
  const metadata = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  const body = `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}
