export { DnsServer, type DnsServerOptions } from './server';
export { type DnsWorld, normalName, type RecordSet, type Zone } from './types';
