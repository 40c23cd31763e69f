/** Objects at Stripe that change while their events are delivered, and Stripe's lists of these events. */
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { eventPage, familyListed } from './event-lists.ts';
import { FakeStripeError, type FakeReply } from './fake-stripe.ts';

interface Listed {
  readonly account: string;
  readonly body: EventBody;
}

/** The version of an object that was deleted. */
export const DELETED = -1;
const PAGE_ROWS = 100;
const MISSING = new FakeStripeError(404, {
  type: 'invalid_request_error',
  code: 'resource_missing',
  message: 'No such object.',
});

/** A linear congruential generator: the same run for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

export interface ChangingStripeOptions {
  /** Objects of each kind and account. Accounts share their ids. */
  readonly objects: number;
  /** The account whose events name no account. */
  readonly ownAccount?: string;
}

export interface ObjectChanged {
  readonly account: string;
  /** Number of the change, which makes the ids of its events. */
  readonly n: number;
  /** From 0 to 1: which family brings it, and whether it is a deletion. */
  readonly choose: number;
  readonly createdS: number;
}

/** The key of an object in `state`: account, kind, id. */
export function objectKey(account: string, kind: string, id: string): string {
  return `${account} ${kind} ${id}`;
}

export class ChangingStripe {
  /** The version of each object, by `objectKey`. */
  readonly state = new Map<string, number>();
  /** The account of each event, by its id. */
  readonly accountOf = new Map<string, string>();
  reads = 0;
  /** The event of the other family for the same change, by the id of the event that `change` returned. */
  readonly twins = new Map<string, EventBody>();
  private readonly listed: Listed[] = [];

  constructor(private readonly options: ChangingStripeOptions) {}

  /** Changes one object and returns the event that is delivered. Stripe lists it in both families where it has both. */
  change({ account, n, choose, createdS }: ObjectChanged): EventBody {
    const isV2 = choose > 0.66;
    const kind = isV2 ? 'v2.core.account' : 'coupon';
    let id = `shared_${n % this.options.objects}`;
    let key = objectKey(account, kind, id);
    // A deleted object stays deleted; the next of its name is another one.
    while (this.state.get(key) === DELETED) key = objectKey(account, kind, (id = `${id}_`));
    const isDeletion = !isV2 && choose % 0.01 > 0.0095;
    const version = isDeletion ? DELETED : (this.state.get(key) ?? 0) + 1;
    this.state.set(key, version);
    const type = isDeletion ? `${kind}.deleted` : `${kind}.updated`;
    const own = account === this.options.ownAccount;
    const made = { n, type, object: { id, object: kind, version }, createdS, ...(own ? {} : { account }) };
    const thin = thinEvent(made);
    this.list({ account, body: thin });
    if (isV2) return thin;
    const snapshot = snapshotEvent(made);
    this.list({ account, body: snapshot });
    const [delivered, twin] = choose > 0.33 ? [thin, snapshot] : [snapshot, thin];
    this.twins.set(delivered.id, twin);
    return delivered;
  }

  reply({ path, params, account = this.options.ownAccount ?? '' }: StripeRequest): FakeReply {
    if (familyListed({ path }) !== undefined) {
      const events = this.listed.filter((one) => one.account === account).map(({ body }) => body);
      return eventPage(events, { path, params }, PAGE_ROWS);
    }
    this.reads += 1;
    const [, , collection, ...rest] = path.split('/');
    const kind = collection === 'coupons' ? 'coupon' : 'v2.core.account';
    const id = rest.at(-1) ?? '';
    const version = this.state.get(objectKey(account, kind, id));
    return version === undefined || version === DELETED ? MISSING : { id, object: kind, version };
  }

  private list(listed: Listed): void {
    this.listed.push(listed);
    this.accountOf.set(listed.body.id, listed.account);
  }
}

interface LastState {
  readonly at: string;
  readonly version: number;
}

/** What a subscriber has that keeps the last state of each object, by `stateTime`. */
export class LastStates {
  private readonly held = new Map<string, LastState>();

  keep({ data, attributes }: { readonly data: string; readonly attributes: Readonly<Record<string, string>> }): void {
    const { object } = (
      JSON.parse(data) as { data: { object: { id: string; object: string; version: number; deleted?: boolean } } }
    ).data;
    const key = objectKey(attributes['account'] ?? '', object.object, object.id);
    const at = attributes['stateTime'] ?? '';
    if (at < (this.held.get(key)?.at ?? '')) return;
    this.held.set(key, { at, version: object.deleted === true ? DELETED : object.version });
  }

  /** The objects whose state at Stripe is another one. */
  differences(stripe: ChangingStripe): string[] {
    return [...stripe.state]
      .filter(([key, version]) => this.held.get(key)?.version !== version)
      .map(([key, version]) => `${key}: ${this.held.get(key)?.version ?? 'none'}, at Stripe ${version}`);
  }
}
