import { randomBytes } from 'node:crypto';
import { authorization, selectChallenge, nextNonce, type Challenge, type Credentials } from './digest.ts';
import { ProxyFailure } from './proxy-failure.ts';

/** The parts of a proxy's response that Digest authentication needs. */
export interface ProxyResponse {
  readonly status: number;
  /** Values of `Proxy-Authenticate`. */
  readonly challenge: readonly string[];
  /** `Proxy-Authentication-Info` */
  readonly info: string | undefined;
}

/** Maximum number of attempts: one without credentials, one with them, and one after a stale nonce. */
const MAX_DIGEST_ATTEMPTS = 3;

/** The Digest session with one proxy: its nonce and the nonce's use count. */
export class DigestSession {
  private challenge: Challenge | undefined;
  private nonceUses = 0;
  private lastExchange: Promise<unknown> = Promise.resolve();

  constructor(private readonly credentials: Credentials) {}

  /**
   * Sends a request until the proxy accepts the credentials.
   *
   * A 407 to a request with credentials and a fresh nonce is final. Requests run one at a time, because a proxy may
   * issue one-time nonces and count their uses in order.
   *
   * @throws ProxyFailure AUTH if the proxy offers no supported challenge or rejects the credentials
   */
  async authenticate<T extends ProxyResponse>(
    method: string,
    uri: string,
    send: (proxyAuthorization: string | undefined) => Promise<T>,
  ): Promise<T> {
    const exchange = this.lastExchange.then(() => this.negotiate(method, uri, send));
    this.lastExchange = exchange.catch(() => undefined);
    return exchange;
  }

  /** Sends the request, and sends it again with each new challenge of the proxy. */
  private async negotiate<T extends ProxyResponse>(
    method: string,
    uri: string,
    send: (proxyAuthorization: string | undefined) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; attempt <= MAX_DIGEST_ATTEMPTS; attempt += 1) {
      const usedChallenge = this.challenge;
      const response = await send(this.header(method, uri));
      if (response.status !== 407) {
        const nonce = nextNonce(response.info);
        if (nonce !== undefined && usedChallenge !== undefined) this.useChallenge({ ...usedChallenge, nonce });
        return response;
      }
      const next = selectChallenge(response.challenge);
      if (next === undefined)
        throw new ProxyFailure('AUTH', 'the proxy offers no supported Digest challenge; check proxy_auth_scheme');
      // Another attempt only helps after the first challenge or a stale nonce, not with wrong credentials.
      if (usedChallenge !== undefined && !next.stale) break;
      this.useChallenge(next);
    }
    this.challenge = undefined;
    throw new ProxyFailure('AUTH', 'the proxy rejected proxy_user and proxy_password; correct them');
  }

  /** Returns the header for the next use of the nonce. Undefined before the first challenge. */
  private header(method: string, uri: string): string | undefined {
    if (this.challenge === undefined) return undefined;
    this.nonceUses += 1;
    return authorization(this.challenge, this.credentials, {
      method,
      uri,
      count: this.nonceUses,
      cnonce: randomBytes(16).toString('hex'),
    });
  }

  /** Uses a challenge for the next requests. A new nonce has no uses yet. */
  private useChallenge(challenge: Challenge): void {
    this.challenge = challenge;
    this.nonceUses = 0;
  }
}
