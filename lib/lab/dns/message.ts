import {
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { type Resolution, resolve } from './resolve';
import type { DnsWorld, Zone } from './types';

/** Codes of RFC 1035, 4.1.1. */
const RCODES: Record<Resolution['rcode'] | 'FORMERR' | 'NOTIMP', number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};
/** Bytes of the header. */
const HEADER = 12;
/** Largest answer over UDP without EDNS, and the most that the lab sends with it. */
const PLAIN_UDP = 512;
const EDNS_UDP = 1232;

/**
 * Answers one DNS message with another, or with undefined when silence is right (noise, or an answer). Never
 * throws, whatever the bytes.
 */
export function answerMessage(
  message: Buffer,
  transport: 'udp' | 'tcp',
  zones: readonly Zone[],
  world: DnsWorld,
): Buffer | undefined {
  // Nothing to answer to without a header, and answers are not questions.
  if (message.length < HEADER || (message.readUInt16BE(2) & 0x8000) !== 0) return undefined;
  try {
    return respond(decode(message), transport, zones, world);
  } catch {
    return header(message, 'FORMERR');
  }
}

function respond(
  query: DecodedPacket,
  transport: 'udp' | 'tcp',
  zones: readonly Zone[],
  world: DnsWorld,
): Buffer {
  const opcode = (query as { opcode?: string }).opcode;
  const [question] = query.questions ?? [];
  if (opcode !== undefined && opcode !== 'QUERY') return build(query, 'NOTIMP');
  if (question === undefined || query.questions?.length !== 1) return build(query, 'FORMERR');
  const { rcode, answers, authorities } = resolve(zones, question, world);
  const whole = build(query, rcode, { answers: [...answers], authorities: [...authorities] });
  if (transport === 'tcp' || whole.length <= limit(query)) return whole;
  return build(query, rcode, {}, TRUNCATED_RESPONSE);
}

function build(
  query: DecodedPacket,
  rcode: keyof typeof RCODES,
  content: Partial<Packet> = {},
  more = 0,
): Buffer {
  const asked = query.additionals?.some(record => record.type === 'OPT');
  return encode({
    type: 'response',
    id: query.id,
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & RECURSION_DESIRED) | more | RCODES[rcode],
    questions: query.questions,
    ...content,
    additionals: asked
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: EDNS_UDP,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

function limit(query: DecodedPacket): number {
  const option = query.additionals?.find(record => record.type === 'OPT');
  const offered = option?.type === 'OPT' ? option.udpPayloadSize : PLAIN_UDP;
  return Math.min(Math.max(offered, PLAIN_UDP), EDNS_UDP);
}

/** An answer of nothing but a header, to a question that could not be read. */
function header(message: Buffer, rcode: keyof typeof RCODES): Buffer {
  const answer = Buffer.alloc(HEADER);
  answer.writeUInt16BE(message.readUInt16BE(0), 0);
  answer.writeUInt16BE(0x8000 | RCODES[rcode], 2);
  return answer;
}
