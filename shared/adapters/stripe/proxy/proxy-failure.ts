/** Why a request failed at the proxy. Nothing was sent to Stripe. */
export type ProxyReason = 'UNREACHABLE' | 'REFUSED' | 'AUTH';

/** A request that failed at the proxy, before anything was sent to Stripe. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';

  constructor(
    readonly reason: ProxyReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Converts the error of a connection to the proxy, or of a CONNECT, to a `ProxyFailure`. */
export function proxyFailure(cause: unknown): ProxyFailure {
  if (cause instanceof ProxyFailure) return cause;
  const status = /^Bad response: (\d+)$/.exec(cause instanceof Error ? cause.message : '')?.[1];
  if (status === undefined)
    return new ProxyFailure('UNREACHABLE', 'cannot connect to the proxy; check proxy_server', cause);
  return statusFailure(Number(status));
}

/** Returns the failure for the status with which a proxy rejected a request. */
export function statusFailure(status: number): ProxyFailure {
  return status === 407
    ? new ProxyFailure('AUTH', 'the proxy rejected the credentials (407); check proxy_user and proxy_password')
    : new ProxyFailure('REFUSED', `the proxy did not open a connection to Stripe (${status}); check its allowlist`);
}
