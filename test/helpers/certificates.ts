// An authority for a test, and certificates that it signs.
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import type { ServiceIdentity } from '../../lib/runtime/discovery/mutual-tls';

const HOUR = 3_600_000;

interface Pair {
  readonly name: string;
  readonly keys: forge.pki.rsa.KeyPair;
  readonly key: string;
}

/** Signs certificates of services. */
export class TestAuthority {
  private readonly root = keyPair('authority');
  private serial = 1;
  readonly certificate = this.sign(this.root, []);

  /** An identity with the given DNS names; it believes this authority. */
  issue(...names: string[]): ServiceIdentity {
    return this.issueUntil(Date.now() + HOUR, ...names);
  }

  /** The same, valid until an instant. */
  issueUntil(notAfter: number, ...names: string[]): ServiceIdentity {
    const pair = { ...LEAF, name: names[0] ?? '' };
    return { certificate: this.sign(pair, names, notAfter), key: pair.key, authority: this.certificate };
  }

  private sign({ name, keys }: Pair, names: readonly string[], notAfter = Date.now() + HOUR): string {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = String(this.serial++).padStart(2, '0');
    certificate.validity.notBefore = new Date(Date.now() - HOUR);
    certificate.validity.notAfter = new Date(notAfter);
    certificate.setSubject([{ name: 'commonName', value: name }]);
    certificate.setIssuer([{ name: 'commonName', value: this.root.name }]);
    certificate.setExtensions(
      names.length === 0
        ? [{ name: 'basicConstraints', cA: true }]
        : [{ name: 'subjectAltName', altNames: names.map(value => ({ type: 2, value })) }],
    );
    certificate.sign(this.root.keys.privateKey, forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  }
}

/** Keys by Node, which is a hundred times as fast as JavaScript. */
function keyPair(name: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const keys = {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
  };
  return { name, keys, key: privateKey };
}

/** All services of a test have one key: what is tested is names and authorities. */
const LEAF = keyPair('');
