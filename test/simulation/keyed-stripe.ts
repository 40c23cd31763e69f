/**
 * A Stripe in this process that knows the truth: which write had an effect, and how often. It keeps results by key as
 * https://docs.stripe.com/api/idempotent_requests says: a result is saved once an endpoint ran, and a saved one is marked.
 */
import { parseResponse, RawResponse } from '../../shared/adapters/stripe/response.ts';
import type { StripeTransport, StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';

/** What happens to a request in addition to Stripe's rules. */
export type Fate =
  | 'ok'
  /** Rejected after the endpoint ran: saved. */
  | 'declined'
  | 'refused and saved'
  | 'failed and saved'
  /** Rejected before the endpoint ran, by status: not saved. */
  | 400
  | 401
  | 403
  | 404
  | 409
  | 429
  /** Somewhere on the way, before or after the effect. */
  | `${'drop' | 'time out' | 'gateway 503' | 'gateway 404' | 'page 200' | 'array 200' | 'redirect'} ${'before' | 'after'}`
  | 'no connection';

export class KeyedStripe implements StripeTransport {
  /** Of writes. Reads go by `reads`. */
  fate: Fate = 'ok';
  reads: Fate = 'ok';
  /** Waits before a write is answered. */
  pause: () => Promise<void> = () => Promise.resolve();
  readonly sent: StripeRequest[] = [];
  effects = 0;
  /** Keys under which an effect took place. */
  readonly keys = new Set<string>();
  private readonly saved = new Map<string, StripeResult>();
  private readonly events: object[] = [];
  private readonly gone = new Set<string>();
  private made = 0;

  constructor(private readonly epochMs: () => number) {}

  ready(): Promise<void> {
    return Promise.resolve();
  }

  async send(request: StripeRequest): Promise<StripeResult> {
    this.sent.push(request);
    const { fate, reads } = this;
    if (request.method === 'GET') return this.read(request, reads);
    await this.pause();
    return this.write(request, fate);
  }

  private read(request: StripeRequest, fate: Fate): StripeResult {
    if (typeof fate === 'number') return refusal(fate);
    if (fate !== 'ok') return away(fate);
    const { path } = request;
    if (path === '/v1/events') return success({ object: 'list', data: this.events, has_more: false });
    if (!this.gone.has(path)) return success(objectAt(path));
    // Stripe keeps deleted customers alone. https://docs.stripe.com/api/customers/retrieve
    return path.startsWith('/v1/customers/')
      ? success({ id: idIn(path), object: 'customer', deleted: true })
      : refusal(404);
  }

  private write(request: StripeRequest, fate: Fate): StripeResult {
    if (typeof fate === 'number') return refusal(fate);
    if (fate === 'ok' || fate === 'declined' || fate.endsWith(' saved')) return this.run(request, fate);
    if (fate.endsWith(' after')) this.run(request, 'ok');
    return away(fate);
  }

  /** The endpoint runs, unless its result is saved. */
  private run(request: StripeRequest, fate: Fate): StripeResult {
    const { idempotencyKey: key, method, path } = request;
    const saved = key === undefined ? undefined : this.saved.get(key);
    if (saved !== undefined) return saved.ok ? saved : { ...saved, replayed: true };
    const answer = method === 'DELETE' && this.gone.has(path) ? refusal(404) : this.result(request, fate);
    if (key !== undefined) this.saved.set(key, answer);
    return answer;
  }

  private result({ idempotencyKey: key, method, path }: StripeRequest, fate: Fate): StripeResult {
    if (fate === 'declined') return refusal(402);
    if (fate === 'refused and saved') return refusal(400);
    if (fate === 'failed and saved') return refusal(500);
    this.effects += 1;
    if (key !== undefined) this.keys.add(key);
    if (method === 'DELETE') {
      this.gone.add(path);
      return success({ id: idIn(path), object: 'thing', deleted: true });
    }
    const object = /\/[a-z]+_\w+/.test(path) ? objectAt(path) : { ...objectAt(path), id: `cus_${(this.made += 1)}` };
    this.events.push({
      id: `evt_${this.events.length}`,
      type: `${object.object}.updated`,
      created: Math.floor(this.epochMs() / 1000),
      request: { idempotency_key: key ?? null },
      data: { object },
    });
    return success(object);
  }
}

function objectAt(path: string): { id: string; object: string; status: string; client_secret?: string } {
  const intent = path.includes('/payment_intents');
  const object = intent ? 'payment_intent' : (path.split('/')[2] ?? '').replace(/s$/, '');
  const id = idIn(path);
  return { id, object, status: 'succeeded', ...(intent ? { client_secret: `${id}_secret_x` } : {}) };
}

function idIn(path: string): string {
  return path.split('/').find((part) => /^(pi|cus|ed)_/.test(part)) ?? 'cus_0';
}

function success(json: object): StripeResult {
  return parseResponse(new RawResponse(200, { 'request-id': 'req_1' }, json, () => undefined));
}

const CODES: Readonly<Record<number, object>> = {
  402: { type: 'card_error', code: 'card_declined' },
  404: { type: 'invalid_request_error', code: 'resource_missing' },
  409: { type: 'idempotency_error', code: 'idempotency_key_in_use' },
  500: { type: 'api_error' },
};

function refusal(status: number): StripeResult {
  const error = { type: 'invalid_request_error', message: `refused with ${status}`, ...CODES[status] };
  return parseResponse(new RawResponse(status, {}, { error }, () => undefined));
}

/** The answer of something that is not Stripe, or none. */
function away(fate: string): StripeResult {
  const failed = { ok: false as const, message: fate, stripeError: {} };
  if (fate === 'no connection') return { ...failed, kind: 'unsent' };
  if (fate.startsWith('time out')) return { ...failed, kind: 'lost', timedOut: true };
  if (fate.startsWith('gateway')) return other(fate.includes('503') ? 503 : 404, { message: 'upstream unavailable' });
  if (fate.startsWith('page')) return other(200, undefined);
  if (fate.startsWith('array')) return other(200, []);
  if (fate.startsWith('redirect')) return other(302, { to: 'elsewhere' });
  return { ...failed, kind: 'lost' };
}

function other(status: number, json: unknown): StripeResult {
  return parseResponse(new RawResponse(status, {}, json, () => undefined));
}
