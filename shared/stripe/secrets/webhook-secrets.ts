import { settingsInvalid, toConnectorError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { SignatureCheck, SignatureVerifier } from './webhook-signatures.ts';

/** Minimum milliseconds between two reads of a secret: a flood of invalid signatures causes no reads. */
const READ_AGAIN_MS = 60_000;
/** The same for a secret that could not be read. */
const TRY_AGAIN_MS = 1000;

/** A signing secret, as of its last read. */
interface Held {
  readonly secret: Secrets;
  value?: string;
  failure?: unknown;
  readAtMs: number;
  reading?: Promise<void> | undefined;
}

/**
 * The signing secrets of the connection's webhook. Each of them may have signed, so a secret can be rotated. A secret that
 * cannot be read (a destroyed version at the end of a rotation) does not reject what another one signed.
 */
export class WebhookSecrets {
  private readonly cached: Held[];

  constructor(
    secrets: readonly Secrets[],
    private readonly signatures: SignatureVerifier,
    private readonly clock: Clock,
    private readonly log: Log = { write: () => undefined },
    /** Further secrets as of now: those of the endpoints of the local server's own sandbox. */
    private readonly sandboxSecrets: () => readonly string[] = () => [],
  ) {
    this.cached = secrets.map((secret) => ({ secret, readAtMs: -Infinity }));
  }

  /** Accepts another secret from now on: the local server made the endpoint itself. */
  add(value: string): void {
    this.cached.push({ secret: { rotates: false, read: () => Promise.resolve(value) }, value, readAtMs: Infinity });
  }

  /**
   * True if any secret signed the body. Throws if no readable secret did and one cannot be read, because it may have. After
   * a mismatch, secrets that rotate are read again, at most once a minute.
   */
  async verify(body: Uint8Array, header: string): Promise<SignatureCheck> {
    if (this.values().length === 0)
      throw settingsInvalid('webhook_secrets names no signing secret (STRIPE_WEBHOOK_SECRET in local development)');
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
    return [...this.cached.map(({ value }) => value), ...this.sandboxSecrets()];
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

  /** Reads the chosen secrets that were not read for this long. */
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
      // The cached value stays valid until Stripe signs with another one.
      held.failure = failure;
      this.log.write('ERROR', 'a signing secret of the webhook cannot be read', {
        cause: toConnectorError(failure).message,
      });
    } finally {
      held.reading = undefined;
    }
  }
}
