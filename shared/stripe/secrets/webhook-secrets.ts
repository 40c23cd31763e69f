import { settingsInvalid, unforeseen } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Verdict, WebhookSignatures } from './webhook-signatures.ts';

/** Milliseconds between two readings of a secret at least: a flood of bad signatures reads nothing. */
const READ_AGAIN_MS = 60_000;
/** The same of a secret that could not be read. */
const TRY_AGAIN_MS = 1000;

/** A signing secret, as it was read last. */
interface Held {
  readonly secret: Secrets;
  value?: string;
  failure?: unknown;
  readAtMs: number;
  reading?: Promise<void> | undefined;
}

/**
 * The signing secrets of the connection's webhook; each of them may have signed, so that one can be rolled. One that cannot
 * be read (a version that is destroyed at the end of a rotation) does not refuse what another one signed.
 */
export class WebhookSecrets {
  private readonly held: readonly Held[];

  constructor(
    secrets: readonly Secrets[],
    private readonly signatures: WebhookSignatures,
    private readonly clock: Clock,
    private readonly log: Log = { write: () => undefined },
  ) {
    this.held = secrets.map((secret) => ({ secret, readAtMs: -Infinity }));
  }

  /**
   * Whether any secret signed the body. Throws where none that can be read did and one cannot be read: it may have. After a
   * failure those that rotate are read again, once a minute.
   */
  async verify(body: Uint8Array, header: string): Promise<Verdict> {
    if (this.held.length === 0)
      throw settingsInvalid('webhook_secrets names no signing secret (STRIPE_WEBHOOK_SECRET on a laptop)');
    await this.readThose(({ value }) => value === undefined, TRY_AGAIN_MS);
    let verdict = await this.best(body, header);
    if (verdict === 'wrong') {
      const before = this.values();
      await this.readThose(({ secret }) => secret.rotates, READ_AGAIN_MS);
      if (this.values().some((value, index) => value !== before[index])) verdict = await this.best(body, header);
    }
    const unread = this.held.find(({ value }) => value === undefined);
    if (verdict === 'wrong' && unread !== undefined) throw unread.failure;
    return verdict;
  }

  private values(): readonly (string | undefined)[] {
    return this.held.map(({ value }) => value);
  }

  private async best(body: Uint8Array, header: string): Promise<Verdict> {
    const nowMs = this.clock.epochMs();
    const known = this.values().filter((value) => value !== undefined);
    const verdicts = await Promise.all(known.map((secret) => this.signatures.verify(body, header, secret, nowMs)));
    const order: readonly Verdict[] = ['right', 'too old', 'too new', 'unreadable', 'wrong'];
    return order.find((one) => verdicts.includes(one)) ?? 'wrong';
  }

  /** Reads those that are chosen and were not read for so long. */
  private async readThose(chosen: (one: Held) => boolean, ageMs: number): Promise<void> {
    const now = this.clock.monotonicMs();
    const due = this.held.filter((one) => chosen(one) && (one.reading !== undefined || now - one.readAtMs > ageMs));
    await Promise.all(due.map((one) => (one.reading ??= this.read(one))));
  }

  private async read(one: Held): Promise<void> {
    one.readAtMs = this.clock.monotonicMs();
    try {
      one.value = await one.secret.read();
    } catch (failure) {
      // What was read before stays good until Stripe signs with another.
      one.failure = failure;
      this.log.write('ERROR', 'a signing secret of the webhook cannot be read', { cause: unforeseen(failure).message });
    } finally {
      one.reading = undefined;
    }
  }
}
