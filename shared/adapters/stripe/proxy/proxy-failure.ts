/** Where the way through a proxy ends: nothing was sent to Stripe. */
export type ProxyReason = 'UNREACHABLE' | 'REFUSED' | 'AUTH';

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

/** What a CONNECT that ended otherwise than with a tunnel means. */
export function proxyFailure(cause: unknown): ProxyFailure {
  if (cause instanceof ProxyFailure) return cause;
  const status = /^Bad response: (\d+)$/.exec(cause instanceof Error ? cause.message : '')?.[1];
  if (status === undefined) return new ProxyFailure('UNREACHABLE', 'the proxy cannot be reached', cause);
  return statusFailure(Number(status));
}

export function statusFailure(status: number): ProxyFailure {
  return status === 407
    ? new ProxyFailure('AUTH', 'the proxy asks for other credentials (407)')
    : new ProxyFailure('REFUSED', `the proxy refuses the way to Stripe (${status})`);
}
