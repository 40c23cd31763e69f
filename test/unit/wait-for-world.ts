/** Instances that wait, an instance that receives events, and the store between them, in virtual time. */
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import { actionHandler } from '../../shared/http/operation-handlers.ts';
import type { PreparableOperation } from '../../shared/http/operation-handler.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import type { OperationResult } from '../../shared/operations/connector.ts';
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { snapshotEvent } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const DEADLINE_MS = 50_000;
export const WAIT = { status: ['succeeded', 'requires_action'], seconds: 40 };

export interface World {
  readonly clock: VirtualClock;
  readonly stripe: FakeStripe;
  readonly caller: TestConnector;
  /** Receives events: this instance, or another one with the same store. */
  readonly receiver: TestConnector;
  status: string;
  reads: number;
  /** When Stripe got the last write, on the monotonic clock. */
  writtenMs: number;
  /** How far Stripe's clock is ahead of the instances'. */
  stripeAheadMs: number;
  /** Set while the instance is killed: it records nothing. */
  killed: boolean;
}

export function world(settings: object = {}, sameInstance = false): World {
  const clock = new VirtualClock();
  const at = { clock, status: 'processing', reads: 0, writtenMs: 0, stripeAheadMs: 0, killed: false };
  const stripe = fakeStripe(({ method, path }) => {
    if (method === 'POST') at.writtenMs = clock.monotonicMs();
    return { id: path.split('/')[3] ?? 'pi_1', object: 'payment_intent', status: at.status };
  });
  // https://www.rfc-editor.org/rfc/rfc9110#name-date: in whole seconds.
  const dated: StripeTransport = {
    ready: (...given) => stripe.ready(...given),
    async send(...given) {
      const result = await stripe.send(...given);
      return { ...result, wire: { headers: { date: new Date(clock.epochMs() + at.stripeAheadMs).toUTCString() } } };
    },
  };
  const shared = memoryEvents(clock);
  const inbox: EventInbox = { ...shared, query: (...asked) => ((at_.reads += 1), shared.query(...asked)) };
  const stored = memoryOperations(clock);
  const unlessKilled = <T>(update: () => Promise<T>): Promise<T> =>
    at.killed ? new Promise(() => undefined) : update();
  const operations: OperationStore = {
    create: (...asked) => stored.create(...asked),
    update: (...asked) => unlessKilled(() => stored.update(...asked)),
    replaceOwn: (...asked) => unlessKilled(() => stored.replaceOwn(...asked)),
  };
  const make = (): TestConnector =>
    testConnector({ clock, stripe: dated, inbox, operations, open: false, settings: { min_nodes: 50, ...settings } });
  const caller = make();
  const at_: World = Object.assign(at, { stripe, caller, receiver: sameInstance ? caller : make() });
  return at_;
}

export const confirm = (at: World, body: object = {}, operationId = 'op-1'): Promise<OperationResult> =>
  call(
    at,
    actionHandler('ConfirmPaymentIntent'),
    { connectorInputPayload: { PaymentIntentId: 'pi_1' }, waitFor: WAIT, ...body },
    operationId,
  );

export function call(
  at: World,
  handler: PreparableOperation,
  body: object,
  operationId: string,
): Promise<OperationResult> {
  const warnings = new Set<string>();
  return handler.prepare(at.caller, body, { operationId, deadlineMs: DEADLINE_MS, responseFlags: warnings }).run();
}

let events = 0;
export async function arrive(at: World, status: string, id = 'pi_1', more: object = {}): Promise<void> {
  at.status = status;
  await arriveCreated(at, status, at.clock.epochMs(), id, more);
}

/** An event arrives that was created at a time; the current state at Stripe stays as it is. */
export async function arriveCreated(
  at: World,
  status: string,
  createdMs: number,
  id = 'pi_1',
  more: object = {},
): Promise<void> {
  const type = status === 'requires_action' ? 'payment_intent.requires_action' : `payment_intent.${status}`;
  const object = { id, object: 'payment_intent', status };
  const createdS = Math.floor(createdMs / 1000);
  await publishEvent(
    at.receiver,
    parseEvent({ ...snapshotEvent({ n: (events += 1), type, object, createdS }), ...more }),
  );
}

export const waited = ({ body }: OperationResult): unknown => body['waitFor'];
export const rowOf = ({ body }: OperationResult): Record<string, unknown> =>
  (body['connectorOutputPayload'] as Record<string, unknown>[])[0] ?? {};
