/** Stripe's two lists of events, account by account, and a connector that reconciles them. */
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcileAll, type ReconcileReport } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import type { Change, EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from './connector.ts';
import { fakeStripe, FakeStripeError, type FakeReply, type FakeStripe } from './fake-stripe.ts';
import { VirtualClock } from './virtual-clock.ts';
import { inVirtualTime } from './virtual-time.ts';

/** Time of an event, or of a parameter, in Unix seconds. */
function secondsOf(time: unknown): number {
  return typeof time === 'string' && !/^\d+$/.test(time) ? Date.parse(time) / 1000 : Number(time);
}

/** The family that a path lists; undefined for another path. */
export function familyListed({ path }: Pick<StripeRequest, 'path'>): string | undefined {
  return path === '/v1/events' ? 'event' : path === '/v2/core/events' ? 'v2.core.event' : undefined;
}

/**
 * A page of an account's events, newest first. https://docs.stripe.com/api/events/list,
 * https://docs.stripe.com/api-v2-overview#list-pagination
 */
export function eventPage(
  events: readonly EventBody[],
  request: Pick<StripeRequest, 'path' | 'params'>,
  rows: number,
): FakeReply {
  const family = familyListed(request);
  const { created, starting_after: after, page } = request.params;
  const { gte, lt } = created as Record<string, unknown>;
  const found = events
    .filter((body) => body['object'] === family)
    .map((body) => ({ body, at: secondsOf(body['created']) }))
    .filter(({ at }) => at >= secondsOf(gte) && at < secondsOf(lt))
    // The last in the list is the newest of one second.
    .reverse()
    .sort((a, b) => b.at - a.at)
    .map(({ body }) => body);
  const from = after === undefined ? Number(page ?? 0) : found.findIndex(({ id }) => id === after) + 1;
  const data = found.slice(from, from + rows);
  const hasMore = from + rows < found.length;
  return family === 'event'
    ? { object: 'list', data, has_more: hasMore }
    : { data, next_page_url: hasMore ? `/v2/core/events?page=${from + rows}` : null, previous_page_url: null };
}

export interface EventListsOptions {
  readonly settings?: object;
  /** Events of a page of API v1, and of API v2. */
  readonly rows?: readonly [number, number];
  /** How long Stripe takes for a request. */
  readonly requestMs?: number;
}

const NO_SUCH_EVENT = new FakeStripeError(404, {
  type: 'invalid_request_error',
  code: 'resource_missing',
  message: 'No such event.',
});

const FAST = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };

export class EventLists {
  readonly clock = new VirtualClock();
  readonly events: { readonly account: string | undefined; readonly body: EventBody }[] = [];
  readonly stripe: FakeStripe = fakeStripe((request) => this.rejected(request) ?? this.reply(request));
  readonly connector: TestConnector;
  /** Requests to the inbox, by method. */
  inboxRequests: Partial<Record<keyof EventInbox, number>> = {};
  rejected: (request: StripeRequest) => FakeReply | undefined = () => undefined;

  constructor(private readonly options: EventListsOptions = {}) {
    const { settings, requestMs = 0 } = options;
    const { stripe, clock } = this;
    const send: FakeStripe['send'] = async (...given) => {
      if (requestMs > 0) await clock.sleep(requestMs);
      return stripe.send(...given);
    };
    this.connector = testConnector({
      clock,
      stripe: { ready: (...given) => stripe.ready(...given), send },
      inbox: this.counted(memoryEvents(clock)),
      settings: { ...FAST, ...settings },
    });
  }

  nowS(): number {
    return Math.floor(this.clock.epochMs() / 1000);
  }

  /** A change of a customer some minutes ago. */
  change(n: number, more: Partial<Change> = {}): Change {
    return {
      n,
      type: 'customer.updated',
      object: { id: `cus_${n}`, object: 'customer' },
      createdS: this.nowS() - 600 + n,
      ...more,
    };
  }

  list(account: string | undefined, ...bodies: readonly EventBody[]): void {
    this.events.push(...bodies.map((body) => ({ account, body })));
  }

  run(ms?: number): Promise<ReconcileReport> {
    return inVirtualTime(this.clock, reconcileAll(this.connector, ms));
  }

  publish(body: EventBody): Promise<unknown> {
    return inVirtualTime(this.clock, publishEvent(this.connector, parseEvent(body)));
  }

  ids(): unknown[] {
    return this.connector.published.map(({ attributes }) => attributes['ce-id']);
  }

  private reply(request: StripeRequest): FakeReply {
    const { path, account } = request;
    const family = familyListed(request);
    const events = this.events.filter((event) => event.account === account).map(({ body }) => body);
    const [, eventId] = /^\/v(?:1|2\/core)\/events\/(\w+)$/.exec(path) ?? [];
    if (eventId !== undefined) return events.find(({ id }) => id === eventId) ?? NO_SUCH_EVENT;
    if (family === undefined) return { id: path.split('/').at(-1), object: 'customer' };
    const [v1, v2] = this.options.rows ?? [100, 2];
    return eventPage(events, request, family === 'event' ? v1 : v2);
  }

  private counted(inbox: EventInbox): EventInbox {
    return new Proxy(inbox, {
      get: (target, name: keyof EventInbox): unknown => {
        this.inboxRequests[name] = (this.inboxRequests[name] ?? 0) + 1;
        return Reflect.get(target, name);
      },
    });
  }
}
