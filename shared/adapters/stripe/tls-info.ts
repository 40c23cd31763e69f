import type { Socket } from 'node:net';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import type { LogFields } from '../../ports/log.ts';

/** Connections whose other side is the proxy itself, which sends our request on. */
const toProxy = new WeakSet<Socket>();

export function markProxySocket(socket: Socket): void {
  toProxy.add(socket);
  if (socket instanceof TLSSocket) keepCertificate(socket, 'proxy');
}

/**
 * Protocol, cipher and certificate of Stripe's side, and of the proxy's in `proxy` where the way there is TLS too;
 * undefined for a connection in clear, or one that is gone.
 */
export function tlsInfo(socket: Socket): LogFields | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (toProxy.has(socket)) return { proxy: sideOf(socket, 'proxy') };
  // What a tunnel's TLS runs on: Node keeps it, and has no public name for it. Without it the proxy's side is not told.
  const { _parent: carrier } = socket as { _parent?: unknown };
  return { ...sideOf(socket, 'stripe'), ...(carrier instanceof TLSSocket ? { proxy: sideOf(carrier, 'proxy') } : {}) };
}

type Side = 'stripe' | 'proxy';

/** The last certificates: a connection that resumes a session of TLS is shown none. */
const certificates = new Map<Side, LogFields>();

function sideOf(socket: TLSSocket, side: Side): LogFields {
  keepCertificate(socket, side);
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    ...(socket.isSessionReused() ? { resumed: true } : {}),
    peer: certificates.get(side) ?? {},
  };
}

function keepCertificate(socket: TLSSocket, side: Side): void {
  // Empty where the other side showed none.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const { subject, issuer, valid_from: from, valid_to: to, fingerprint256 } = certificate;
  if (subject !== undefined)
    certificates.set(side, { subject: subject.CN, issuer: issuer?.CN, from, to, fingerprint256 });
}
