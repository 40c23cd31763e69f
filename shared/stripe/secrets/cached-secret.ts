import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';

/** A secret that rotates is refreshed after this time, in the background: calls go on with the cached value. */
const MAX_AGE_MS = 600_000;

/**
 * A secret that a server may reject: the API key at Stripe, a password at a proxy. It is read at first use. It is read
 * again when the server rejects it and, for the version `latest`, when it is ten minutes old. Concurrent callers share
 * one read.
 */
export class CachedSecret {
  private cached: string | undefined;
  private reading: Promise<string> | undefined;
  private refreshing: Promise<boolean> | undefined;
  private readAtMs = 0;

  constructor(
    private readonly secrets: Secrets,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  async read(): Promise<string> {
    const { cached } = this;
    if (cached === undefined) return (this.reading ??= this.first());
    if (this.secrets.rotates && this.clock.monotonicMs() - this.readAtMs > MAX_AGE_MS) void this.renew(cached);
    return cached;
  }

  private async first(): Promise<string> {
    this.readAtMs = this.clock.monotonicMs();
    try {
      return (this.cached = await this.secrets.read());
    } finally {
      // A failed read is not kept: the next call may find the secret in order.
      this.reading = undefined;
    }
  }

  /** Reads the secret again after `rejected` was rejected. True if the secret is another one now. */
  async refresh(rejected: string): Promise<boolean> {
    if (!this.secrets.rotates) return false;
    if ((await this.read()) !== rejected) return true;
    this.refreshing ??= this.reread(rejected);
    return this.refreshing;
  }

  /** The cached value stays valid until a server rejects it, so a failed refresh is no error. */
  private async renew(old: string): Promise<void> {
    this.refreshing ??= this.reread(old);
    await this.refreshing.catch(() => undefined);
  }

  private reread(old: string): Promise<boolean> {
    this.readAtMs = this.clock.monotonicMs();
    return this.secrets
      .read()
      .then((secret) => {
        this.cached = secret;
        return secret !== old;
      })
      .finally(() => {
        this.refreshing = undefined;
      });
  }
}
