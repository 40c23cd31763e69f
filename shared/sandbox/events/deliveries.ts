import { createHmac } from 'node:crypto';
import type { StoredObject } from '../store.ts';

/** An endpoint that receives events. */
export interface Receiver {
  /** Id of the webhook endpoint or the event destination. */
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

export interface DeliveryAttempt {
  /** Unix seconds. */
  readonly at: number;
  /** HTTP status of the receiver's response. Null without a response. */
  readonly status: number | null;
  readonly error?: string;
  /** The first characters of the response. They may say why the receiver rejected the event. */
  readonly response?: string | undefined;
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly type: string;
  readonly endpoint: string;
  readonly url: string;
  readonly attempts: DeliveryAttempt[];
  state: 'pending' | 'succeeded' | 'failed';
}

export interface DeliveryOptions {
  /** Unix seconds, for the signature. */
  readonly now: () => number;
  readonly nextId: () => string;
  /** Milliseconds before each retry. Stripe retries three times over a few hours in a sandbox: https://docs.stripe.com/webhooks#retries */
  readonly retryDelays?: readonly number[] | undefined;
}

/** Default milliseconds before each retry. They are short, so that a developer can watch the retries. */
const RETRY_DELAYS = [1_000, 5_000, 25_000];

/** Milliseconds within which a receiver must respond. Otherwise the attempt fails. */
const DELIVERY_TIMEOUT_MS = 20_000;

/** Maximum number of characters of a receiver's response that a delivery attempt contains. */
const MAX_RESPONSE_LENGTH = 1000;

/** Returns whether a URL is on this machine. The sandbox sends events to no other machine. */
export function isLoopbackUrl(url: string): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|\?|$)/.test(url);
}

/** Sends events to endpoints with Stripe's signature, and retries failed deliveries. https://docs.stripe.com/webhooks */
export class Deliveries {
  readonly all: Delivery[] = [];
  /** The event of each delivery, its JSON, and the receiver, by the id of the delivery. */
  private readonly outbox = new Map<string, { event: StoredObject; body: string; receiver: Receiver }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isClosed = false;

  constructor(private readonly options: DeliveryOptions) {}

  /** Sends one event to its receivers. `pending_webhooks` counts the receivers that have not accepted the event yet. */
  send(event: StoredObject, receivers: readonly Receiver[]): void {
    if ('pending_webhooks' in event) event['pending_webhooks'] = receivers.length;
    const body = JSON.stringify(event);
    for (const receiver of receivers) {
      const delivery: Delivery = {
        id: this.options.nextId(),
        event: event.id,
        type: String(event['type']),
        endpoint: receiver.id,
        url: receiver.url,
        attempts: [],
        state: 'pending',
      };
      this.all.push(delivery);
      this.outbox.set(delivery.id, { event, body, receiver });
      void this.attempt(delivery);
    }
  }

  /** Sends a delivery once more, without retries. Returns undefined for an unknown id. */
  async resend(id: string): Promise<Delivery | undefined> {
    const delivery = this.all.find((candidate) => candidate.id === id);
    if (delivery === undefined) return undefined;
    await this.attempt(delivery, false);
    return delivery;
  }

  /** Returns the event that a delivery sends, as JSON text. Undefined for an unknown id. */
  bodyOf(id: string): string | undefined {
    return this.outbox.get(id)?.body;
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  /**
   * Sends a delivery once. After a failure, schedules the next attempt, unless `mayRetry` is false or no retry is left.
   */
  private async attempt(delivery: Delivery, mayRetry = true): Promise<void> {
    const sent = this.outbox.get(delivery.id);
    if (sent === undefined || this.isClosed) return;
    const { event, body, receiver } = sent;
    const result = await postEvent(receiver, body, this.options.now());
    delivery.attempts.push(result);
    if (result.status !== null && result.status >= 200 && result.status < 300) {
      if (delivery.state !== 'succeeded' && 'pending_webhooks' in event)
        event['pending_webhooks'] = Math.max(0, Number(event['pending_webhooks']) - 1);
      delivery.state = 'succeeded';
      return;
    }
    const delay = (this.options.retryDelays ?? RETRY_DELAYS)[delivery.attempts.length - 1];
    if (!mayRetry || delay === undefined) {
      if (delivery.state === 'pending') delivery.state = 'failed';
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(delivery);
    }, delay);
    timer.unref();
    this.timers.add(timer);
  }
}

/** Posts an event with its signature. If there is no response, returns an attempt with the error. */
async function postEvent({ url, secret }: Receiver, body: string, at: number): Promise<DeliveryAttempt> {
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': `t=${at},v1=${signature}`,
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      // Stripe treats a redirect as a failure.
      redirect: 'manual',
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    const text = (await response.text()).slice(0, MAX_RESPONSE_LENGTH);
    return { at, status: response.status, response: text === '' ? undefined : text };
  } catch (error) {
    return { at, status: null, error: error instanceof Error ? error.message : String(error) };
  }
}
