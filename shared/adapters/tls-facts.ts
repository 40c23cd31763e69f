import type { Socket } from 'node:net';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import type { Facts } from '../ports/log.ts';

/** Protocol, cipher and certificate of the other side; undefined for a connection in clear, or one that is gone. */
export function tlsFacts(socket: Socket): Facts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Empty where the other side showed none.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const { subject, issuer, valid_from: from, valid_to: to, fingerprint256 } = certificate;
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    peer: { subject: subject?.CN, issuer: issuer?.CN, from, to, fingerprint256 },
  };
}
