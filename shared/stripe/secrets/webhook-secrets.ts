import { settingsInvalid, toConnectorError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { SignatureCheck, SignatureVerifier } from './webhook-signatures.ts';

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
  private readonly cached: readonly Held[];

  constructor(
    secrets: readonly Secrets[],
    private readonly signatures: SignatureVerifier,
    private readonly clock: Clock,
    private readonly log: Log = { write: () => undefined },
  ) {
    this.cached = secrets.map((secret) => ({ secret, readAtMs: -Infinity }));
  }

  /**
   * Whether any secret signed the body. Throws where none that can be read did and one cannot be read: it may have. After a
   * failure those that rotate are read again, once a minute.
   */
  async verify(body: Uint8Array, header: string): Promise<SignatureCheck> {
    if (this.cached.length === 0)
      throw settingsInvalid('webhook_secrets names no signing secret (STRIPE_WEBHOOK_SECRET on a laptop)');
    await this.readThose(({ value }) => value === undefined, TRY_AGAIN_MS);
    let verdict = await this.best(body, header);
    if (verdict === 'wrong') {
      const before = this.values();
      await this.readThose(({ secret }) => secret.rotates, READ_AGAIN_MS);
      if (this.values().some((value, index) => value !== before[index])) verdict = await this.best(body, header);
    }
    const unread = this.cached.find(({ value }) => value === undefined);
    if (verdict === 'wrong' && unread !== undefined) throw unread.failure;
    return verdict;
  }

  private values(): readonly (string | undefined)[] {
    return this.cached.map(({ value }) => value);
  }

  private async best(body: Uint8Array, header: string): Promise<SignatureCheck> {
    const nowMs = this.clock.epochMs();
    const knownSecrets = this.values().filter((value) => value !== undefined);
    const verdicts = await Promise.all(
      knownSecrets.map((secret) => this.signatures.verify(body, header, secret, nowMs)),
    );
    const order: readonly SignatureCheck[] = ['right', 'too old', 'too new', 'unreadable', 'wrong'];
    return order.find((signatureCheck) => verdicts.includes(signatureCheck)) ?? 'wrong';
  }

  /** Reads those that are chosen and were not read for so long. */
  private async readThose(chosen: (held: Held) => boolean, ageMs: number): Promise<void> {
    const now = this.clock.monotonicMs();
    const due = this.cached.filter(
      (held) => chosen(held) && (held.reading !== undefined || now - held.readAtMs > ageMs),
    );
    await Promise.all(due.map((held) => (held.reading ??= this.read(held))));
  }

  private async read(held: Held): Promise<void> {
    held.readAtMs = this.clock.monotonicMs();
    try {
      held.value = await held.secret.read();
    } catch (failure) {
      // What was read before stays good until Stripe signs with another.
      held.failure = failure;
      this.log.write('ERROR', 'a signing secret of the webhook cannot be read', {
        cause: toConnectorError(failure).message,
      });
    } finally {
      held.reading = undefined;
    }
  }
}
