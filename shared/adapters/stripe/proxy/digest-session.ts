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

/** The first without credentials, the second with them, the third after a stale nonce. */
const MAX_DIGEST_ATTEMPTS = 3;

/** The Digest session with one proxy: its nonce and the nonce's use count. */
export class DigestSession {
  private challenge: Challenge | undefined;
  private count = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly credentials: Credentials) {}

  /**
   * Sends a request until the proxy accepts the credentials.
   *
   * A 407 to correct credentials with a fresh nonce is final. Requests run one at a time, because a proxy may issue
   * one-time nonces and count their uses in order.
   *
   * @throws ProxyFailure AUTH if the proxy offers no supported challenge or rejects the credentials
   */
  async through<T extends ProxyResponse>(
    method: string,
    uri: string,
    send: (proxyAuthorization: string | undefined) => Promise<T>,
  ): Promise<T> {
    const before = this.last;
    const mine = before.then(() => this.converse(method, uri, send));
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async converse<T extends ProxyResponse>(
    method: string,
    uri: string,
    send: (proxyAuthorization: string | undefined) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; tries <= MAX_DIGEST_ATTEMPTS; tries += 1) {
      const used = this.challenge;
      const response = await send(this.header(method, uri));
      if (response.status !== 407) {
        const nonce = nextNonce(response.info);
        if (nonce !== undefined && used !== undefined) this.take({ ...used, nonce });
        return response;
      }
      const next = selectChallenge(response.challenge);
      if (next === undefined)
        throw new ProxyFailure('AUTH', 'the proxy offers no supported Digest challenge; check proxy_auth_scheme');
      // A first challenge or a stale nonce allows another attempt. Wrong credentials stay wrong.
      if (used !== undefined && !next.stale) break;
      this.take(next);
    }
    this.challenge = undefined;
    throw new ProxyFailure('AUTH', 'the proxy rejected proxy_user and proxy_password; correct them');
  }

  private header(method: string, uri: string): string | undefined {
    if (this.challenge === undefined) return undefined;
    this.count += 1;
    return authorization(this.challenge, this.credentials, {
      method,
      uri,
      count: this.count,
      cnonce: randomBytes(16).toString('hex'),
    });
  }

  private take(challenge: Challenge): void {
    this.challenge = challenge;
    this.count = 0;
  }
}
