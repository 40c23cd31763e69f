import { settingsInvalid } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Verdict, WebhookSignatures } from '../ports/webhook-signatures.ts';

/** Milliseconds between two readings at least: a flood of bad signatures reads nothing. */
const READ_AGAIN_MS = 60_000;

/** The signing secrets of the connection's webhook; each of them may have signed, so that one can be rolled. */
export class WebhookSecrets {
  private reading: Promise<readonly string[]> | undefined;
  private readAtMs = -Infinity;

  constructor(
    private readonly secrets: readonly Secrets[],
    private readonly signatures: WebhookSignatures,
    private readonly clock: Clock,
  ) {}

  /** Whether any secret signed the body. After a failure those that rotate are read anew, once a minute. */
  async verify(body: Uint8Array, header: string): Promise<Verdict> {
    const verdict = await this.best(await this.read(), body, header);
    const stale = this.clock.monotonicMs() - this.readAtMs > READ_AGAIN_MS;
    if (verdict !== 'wrong' || !stale || !this.secrets.some(({ rotates }) => rotates)) return verdict;
    this.reading = undefined;
    return this.best(await this.read(), body, header);
  }

  private async best(secrets: readonly string[], body: Uint8Array, header: string): Promise<Verdict> {
    const nowMs = this.clock.epochMs();
    const verdicts = await Promise.all(secrets.map((secret) => this.signatures.verify(body, header, secret, nowMs)));
    const order: readonly Verdict[] = ['right', 'too old', 'unreadable', 'wrong'];
    return order.find((one) => verdicts.includes(one)) ?? 'wrong';
  }

  private async read(): Promise<readonly string[]> {
    if (this.secrets.length === 0)
      throw settingsInvalid('webhook_secrets names no signing secret (STRIPE_WEBHOOK_SECRET on a laptop)');
    this.readAtMs = this.reading === undefined ? this.clock.monotonicMs() : this.readAtMs;
    this.reading ??= Promise.all(this.secrets.map((one) => one.read()));
    try {
      return await this.reading;
    } catch (error) {
      // A failed read is not kept.
      this.reading = undefined;
      throw error;
    }
  }
}
