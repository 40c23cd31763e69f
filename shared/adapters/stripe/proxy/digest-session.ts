import { randomBytes } from 'node:crypto';
import { authorization, selectChallenge, nextNonce, type Challenge, type Credentials } from './digest.ts';
import { ProxyFailure } from './proxy-failure.ts';

/** What a proxy answered to one request: enough to go on. */
export interface ProxyResponse {
  readonly status: number;
  /** `Proxy-Authenticate`, one or several. */
  readonly challenge: readonly string[];
  /** `Proxy-Authentication-Info` */
  readonly info: string | undefined;
}

/** Requests of one use at most: without credentials, with them, and once more where the nonce was too old. */
const MOST_TRIES = 3;

/** The digest conversation with one proxy: its nonce, and how often it was used. */
export class DigestSession {
  private challenge: Challenge | undefined;
  private count = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly credentials: Credentials) {}

  /**
   * Sends until the proxy is content. A 407 to right credentials and a fresh nonce is the end. One at a time: a proxy may
   * give a nonce for one use, and count the uses in order.
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
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const used = this.challenge;
      const response = await send(this.header(method, uri));
      if (response.status !== 407) {
        const nonce = nextNonce(response.info);
        if (nonce !== undefined && used !== undefined) this.take({ ...used, nonce });
        return response;
      }
      const next = selectChallenge(response.challenge);
      if (next === undefined) throw new ProxyFailure('AUTH', 'the proxy offers no Digest that can be answered');
      // The first challenge, or a nonce that is too old; credentials that are wrong stay wrong.
      if (used !== undefined && !next.stale) break;
      this.take(next);
    }
    this.challenge = undefined;
    throw new ProxyFailure('AUTH', 'the proxy refuses proxy_user and proxy_password');
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
