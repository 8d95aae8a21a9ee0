import https from 'node:https';
import type { PeerCertificate, TLSSocket, TlsOptions } from 'node:tls';

/** What a service shows, and whom it believes. */
export interface ServiceIdentity {
  /** Certificate of this service with its chain, PEM; its name is the DNS name in the subject's alternative names. */
  readonly certificate: string;
  /** Its private key, PEM. */
  readonly key: string;
  /** Authorities that sign services' certificates, PEM, and no other: public authorities are not believed. */
  readonly authority: string;
}

/**
 * Connections to one service: this side shows its certificate, the other must show one whose name is `service`,
 * whatever address was dialled, since addresses come from discovery and names from the authority.
 */
export function mutualTlsAgent(identity: ServiceIdentity, service: string): https.Agent {
  return new https.Agent({
    ...tls(identity),
    keepAlive: true,
    // The name asked for, so that the address is not taken for it; sessions are kept apart by it as well.
    servername: service,
    checkServerIdentity: (_host, certificate) =>
      namesOf(certificate).includes(service)
        ? undefined
        : new Error(
            `the certificate is of ${namesOf(certificate).join(', ') || 'nobody'}, not of ${service}`,
          ),
  });
}

/** Options of a server that speaks only to clients with a certificate of the authority. */
export function mutualTlsServer(identity: ServiceIdentity): TlsOptions {
  return { ...tls(identity), requestCert: true, rejectUnauthorized: true };
}

/**
 * The service at the other end of a server's connection, if it is one of `callers`: a certificate says who calls, not
 * that they may. Undefined otherwise: answer 403.
 */
export function callerOf(socket: TLSSocket, callers: readonly string[]): string | undefined {
  if (!socket.authorized) return undefined;
  return namesOf(socket.getPeerCertificate()).find(name => callers.includes(name));
}

const tls = ({ certificate, key, authority }: ServiceIdentity) => ({
  cert: certificate,
  key,
  ca: authority,
  minVersion: 'TLSv1.3' as const,
});

/** DNS names of a certificate. A name with a comma in it, which would look like several, comes quoted and is none. */
function namesOf({ subjectaltname = '' }: PeerCertificate): readonly string[] {
  return subjectaltname
    .split(', ')
    .map(name => /^DNS:([A-Za-z0-9.-]+)$/.exec(name)?.[1])
    .filter(name => name !== undefined);
}
