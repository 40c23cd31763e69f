import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';

/** Milliseconds after which a secret that rotates is read anew, beside the calls that go on with the one that is there. */
const LONGEST_AGE_MS = 600_000;

/**
 * A secret that is shown to somebody who may reject it (the API key to Stripe, a password to a proxy): read at first use,
 * and again when it is rejected or, where the version is `latest`, when it is ten minutes old. One read at a time,
 * whoever asks.
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

  /** Itself where it is there, else a promise. */
  read(): string | Promise<string> {
    const { cached: held } = this;
    if (held === undefined) return (this.reading ??= this.first());
    if (this.secrets.rotates && this.clock.monotonicMs() - this.readAtMs > LONGEST_AGE_MS) void this.renew(held);
    return held;
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

  /** After `rejected` was: true where another is there now. Many callers, one read. */
  async refresh(rejected: string): Promise<boolean> {
    if (!this.secrets.rotates) return false;
    if ((await this.read()) !== rejected) return true;
    this.refreshing ??= this.anew(rejected);
    return this.refreshing;
  }

  /** What is there stays good until it is rejected: that it cannot be read anew now is no error. */
  private async renew(old: string): Promise<void> {
    this.refreshing ??= this.anew(old);
    await this.refreshing.catch(() => undefined);
  }

  private anew(old: string): Promise<boolean> {
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
