import type { Socket } from 'node:net';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import type { LogFields } from '../../ports/log.ts';

/** Sockets whose peer is a proxy that forwards requests in absolute form. */
const proxySockets = new WeakSet<Socket>();

/** Marks a socket whose peer is the proxy. */
export function markProxySocket(socket: Socket): void {
  proxySockets.add(socket);
  if (socket instanceof TLSSocket) keepCertificate(socket, 'proxy');
}

/**
 * Returns protocol, cipher and certificate of the connection to Stripe, and in `proxy` those of a TLS connection to the
 * proxy. Returns undefined for a plaintext or closed connection.
 */
export function tlsInfo(socket: Socket): LogFields | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (proxySockets.has(socket)) return { proxy: sideOf(socket, 'proxy') };
  // Node has no public property for the socket that carries the TLS of a tunnel. Without `_parent` the proxy's details are
  // omitted.
  const { _parent: carrier } = socket as { _parent?: unknown };
  const proxy = carrier instanceof TLSSocket ? sideOf(carrier, 'proxy') : undefined;
  return { ...sideOf(socket, 'stripe'), proxy };
}

type Side = 'stripe' | 'proxy';

/** The last certificate of Stripe and of the proxy. A resumed TLS session presents none, so the last one is logged. */
const certificates = new Map<Side, LogFields>();

/** Returns protocol, cipher and certificate of the TLS connection to Stripe or to the proxy. */
function sideOf(socket: TLSSocket, side: Side): LogFields {
  keepCertificate(socket, side);
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    resumed: socket.isSessionReused() || undefined,
    peer: certificates.get(side) ?? {},
  };
}

/** Remembers the certificate of a connection, if the peer presented one. */
function keepCertificate(socket: TLSSocket, side: Side): void {
  // Empty if the peer presented no certificate.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const { subject, issuer, valid_from: from, valid_to: to, fingerprint256 } = certificate;
  if (subject !== undefined)
    certificates.set(side, { subject: subject.CN, issuer: issuer?.CN, from, to, fingerprint256 });
}
