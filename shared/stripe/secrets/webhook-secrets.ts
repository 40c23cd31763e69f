import { settingsInvalid, toConnectorError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { SignatureCheck, SignatureVerifier } from './webhook-signatures.ts';

/** Minimum interval between two reads of a secret, so that a flood of invalid signatures does not cause many reads. */
const REREAD_INTERVAL_MS = 60_000;
/** Minimum interval between two attempts to read a secret that could not be read. */
const RETRY_INTERVAL_MS = 1000;

/** A signing secret with the result of its last read. */
interface SigningSecret {
  readonly secret: Secrets;
  value?: string;
  failure?: unknown;
  readAtMs: number;
  reading?: Promise<void> | undefined;
}

/**
 * The signing secrets of the connection's webhook. A signature of any of them is accepted, so that a secret can be
 * rotated. A secret that cannot be read (a destroyed version at the end of a rotation) does not affect the others.
 */
export class WebhookSecrets {
  private readonly signingSecrets: SigningSecret[];

  constructor(
    secrets: readonly Secrets[],
    private readonly signatures: SignatureVerifier,
    private readonly clock: Clock,
    private readonly log: Log = { write: () => undefined },
    /** Returns the secrets of the endpoints in the sandbox of the local server. */
    private readonly sandboxSecrets: () => readonly string[] = () => [],
  ) {
    this.signingSecrets = secrets.map((secret) => ({ secret, readAtMs: -Infinity }));
  }

  /** Adds a secret. The local server does so when it has created the webhook endpoint. */
  add(value: string): void {
    this.signingSecrets.push({
      secret: { rotates: false, read: () => Promise.resolve(value) },
      value,
      readAtMs: Infinity,
    });
  }

  /**
   * Checks a signature against all secrets. After a mismatch, secrets that rotate are read again, at most once a
   * minute. Throws if no readable secret matches and another secret cannot be read, because that secret might match.
   * Throws SETTINGS_INVALID if there are no secrets.
   */
  async verify(body: Uint8Array, header: string): Promise<SignatureCheck> {
    if (this.values().length === 0)
      throw settingsInvalid('webhook_secrets names no signing secret (STRIPE_WEBHOOK_SECRET in local development)');
    await this.readDue(({ value }) => value === undefined, RETRY_INTERVAL_MS);
    let check = await this.bestCheck(body, header);
    if (check === 'wrong') {
      const previous = this.values();
      await this.readDue(({ secret }) => secret.rotates, REREAD_INTERVAL_MS);
      if (this.values().some((value, index) => value !== previous[index])) check = await this.bestCheck(body, header);
    }
    const unread = this.signingSecrets.find(({ value }) => value === undefined);
    if (check === 'wrong' && unread !== undefined) throw unread.failure;
    return check;
  }

  /** Returns all secrets. A secret that was not read yet, or could not be read, is undefined. */
  private values(): readonly (string | undefined)[] {
    return [...this.signingSecrets.map(({ value }) => value), ...this.sandboxSecrets()];
  }

  /** Checks the signature with each secret that was read. Returns the best result: `right` if any secret matches. */
  private async bestCheck(body: Uint8Array, header: string): Promise<SignatureCheck> {
    const nowMs = this.clock.epochMs();
    const knownSecrets = this.values().filter((value) => value !== undefined);
    const checks = await Promise.all(knownSecrets.map((secret) => this.signatures.verify(body, header, secret, nowMs)));
    const order: readonly SignatureCheck[] = ['right', 'too old', 'too new', 'unreadable', 'wrong'];
    return order.find((check) => checks.includes(check)) ?? 'wrong';
  }

  /** Reads the selected secrets whose last read is longer ago than `ageMs`. Waits for a read that is in progress. */
  private async readDue(isSelected: (signingSecret: SigningSecret) => boolean, ageMs: number): Promise<void> {
    const now = this.clock.monotonicMs();
    const due = this.signingSecrets.filter(
      (signingSecret) =>
        isSelected(signingSecret) && (signingSecret.reading !== undefined || now - signingSecret.readAtMs > ageMs),
    );
    await Promise.all(due.map((signingSecret) => (signingSecret.reading ??= this.read(signingSecret))));
  }

  /** Reads a secret and keeps the value or the failure. */
  private async read(signingSecret: SigningSecret): Promise<void> {
    signingSecret.readAtMs = this.clock.monotonicMs();
    try {
      signingSecret.value = await signingSecret.secret.read();
    } catch (failure) {
      // An earlier value is kept. It is valid until Stripe signs with another secret.
      signingSecret.failure = failure;
      this.log.write('ERROR', 'a signing secret of the webhook cannot be read', {
        cause: toConnectorError(failure).message,
      });
    } finally {
      signingSecret.reading = undefined;
    }
  }
}
