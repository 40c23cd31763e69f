import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';

/** A secret that rotates is refreshed in the background after this time. Meanwhile calls use the cached value. */
const MAX_AGE_MS = 600_000;

/**
 * Caches a secret that a server may reject: the API key at Stripe, or a password at a proxy.
 *
 * The secret is read at first use. A secret that rotates (its setting names the version `latest`) is read again when
 * the server rejects it, and at the first use after ten minutes. Concurrent callers share one read.
 */
export class CachedSecret {
  private cached: string | undefined;
  private reading: Promise<string> | undefined;
  private refreshing: Promise<boolean> | undefined;
  private readAtMs = 0;

  constructor(
    private readonly secrets: Secrets,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    /** Called with the cached value each time it is used again. */
    private readonly onReuse?: (secret: string) => void,
  ) {}

  /** Returns the secret. The first call reads it. */
  async read(): Promise<string> {
    const { cached } = this;
    if (cached === undefined) return (this.reading ??= this.readFirst());
    if (this.secrets.rotates && this.clock.monotonicMs() - this.readAtMs > MAX_AGE_MS)
      void this.refreshInBackground(cached);
    this.onReuse?.(cached);
    return cached;
  }

  private async readFirst(): Promise<string> {
    this.readAtMs = this.clock.monotonicMs();
    try {
      return (this.cached = await this.secrets.read());
    } finally {
      // A failed read is not cached, so the next call tries again.
      this.reading = undefined;
    }
  }

  /**
   * Reads the secret again after a server rejected the value `rejected`. Returns whether the value has changed. A
   * secret that does not rotate is not read.
   */
  async refresh(rejected: string): Promise<boolean> {
    if (!this.secrets.rotates) return false;
    if ((await this.read()) !== rejected) return true;
    this.refreshing ??= this.reread(rejected);
    return this.refreshing;
  }

  /** Refreshes the secret. A failure is ignored, because the cached value is valid until a server rejects it. */
  private async refreshInBackground(old: string): Promise<void> {
    this.refreshing ??= this.reread(old);
    await this.refreshing.catch(() => undefined);
  }

  /** Reads the secret again. Returns whether it differs from `old`. */
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
