import { make, type Context } from '../context.ts';
import { isPlain, type Stored } from '../store.ts';

/** What a write had for an effect: who asked for it, and what came of it. */
export interface Effect {
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly idempotencyKey?: string;
  readonly answer: unknown;
}

/** A status that has an event of its own name, for each kind. https://docs.stripe.com/api/events/types */
const STATUSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  payment_intent: {
    succeeded: 'succeeded',
    canceled: 'canceled',
    processing: 'processing',
    requires_action: 'requires_action',
    requires_capture: 'amount_capturable_updated',
  },
  invoice: { open: 'finalized', paid: 'paid', void: 'voided' },
  quote: { open: 'finalized', accepted: 'accepted', canceled: 'canceled' },
};

/** Stripe's event of a write, kept for the list of events: one a write, with the object as the write left it. */
export function keepEvent(context: Context, effect: Effect, apiVersion: string): Stored | undefined {
  const { answer, requestId, idempotencyKey } = effect;
  // Stripe tells of the files alone that it makes itself: `file.created`. https://docs.stripe.com/api/events/types
  if (effect.path === '/v1/files') return undefined;
  if (!isPlain(answer) || typeof answer['object'] !== 'string' || answer['object'] === 'list') return undefined;
  return make(context, 'Event', {
    api_version: apiVersion,
    data: { object: structuredClone(answer) },
    pending_webhooks: 0,
    request: { id: requestId, idempotency_key: idempotencyKey ?? null },
    type: typeOf(effect, answer),
  });
}

function typeOf({ method, path }: Effect, answer: Record<string, unknown>): string {
  const kind = String(answer['object']);
  if (method === 'DELETE') return `${kind}.deleted`;
  if (path.endsWith('s')) return `${kind}.created`;
  const own = STATUSES[kind]?.[String(answer['status'])];
  return `${kind}.${own ?? 'updated'}`;
}
