import { MS_US } from '../../ports/time-units.ts';
import type { Now, Slot } from '../gcra.ts';
import type { FleetView } from '../lanes/selector.ts';
import type { Wait } from '../wait-queue.ts';
import type { EndpointBook } from './book.ts';
import type { Endpoint } from './endpoint.ts';
import type { Opening } from './rights.ts';

/** Microseconds that a slot and an opening must have in common, more than the store's time is uncertain. */
const COMMON_US = 4_000;

/** Callers without a slot that one reservation considers. */
const MAX_UNCOVERED = 48;

/** Microseconds by which another lane must be free sooner than an opening in hand. */
const SOONER_US = 150_000;

/** Microseconds by which an endpoint must be later than the account to be the reason of a wait. */
const LATER_US = 50_000;

/** What a caller counts against. */
export interface CountedCaller {
  readonly endpoint?: Endpoint | undefined;
}

/** A caller that the slots in hand do not serve, and the opening of its endpoint that waits for a slot of the account. */
export interface Uncovered<T> {
  readonly caller: T;
  readonly opening: Opening | undefined;
}

export interface Coverage<T> {
  readonly uncovered: readonly Uncovered<T>[];
  /** The account's slots in hand without a caller. */
  readonly spare: readonly Slot[];
}

/**
 * Pairs the slots in hand with the openings of the callers' endpoints, in order. `most`: callers without of one endpoint, so
 * that a full endpoint hides no other one.
 */
export function coverage<T extends CountedCaller>(
  callers: readonly T[],
  slots: readonly Slot[],
  book: EndpointBook,
  nowMs: number,
  now: Now,
  most: number,
  freeLanes: (endpoint: Endpoint) => number,
): Coverage<T> {
  const spare = [...slots];
  const uncovered: Uncovered<T>[] = [];
  const openings = nearOpenings(openingsOf(book, nowMs, now), now, freeLanes);
  const counts = new Map<string | undefined, number>();
  for (const caller of callers) {
    if (uncovered.length >= MAX_UNCOVERED) break;
    const { endpoint } = caller;
    const without = counts.get(endpoint?.key) ?? 0;
    if (without >= most) continue;
    const open = openings(endpoint);
    const place = spare.findIndex(
      (slot) => book.isFree(endpoint, slot) || open.some((opening) => isMet(book, endpoint, opening, slot, now)),
    );
    const [slot] = place < 0 ? [] : spare.splice(place, 1);
    if (slot === undefined) {
      counts.set(endpoint?.key, without + 1);
      uncovered.push({ caller, opening: open.shift() });
    }
    if (slot !== undefined && !book.isFree(endpoint, slot))
      open.splice(
        open.findIndex((opening) => isMet(book, endpoint, opening, slot, now)),
        1,
      );
  }
  return { uncovered, spare };
}

/** Where an endpoint has free lanes, later openings do not count: two nodes took the same lane, and a caller can go sooner. */
function nearOpenings(
  openings: (endpoint: Endpoint | undefined) => Opening[],
  now: Now,
  freeLanes: (endpoint: Endpoint) => number,
): (endpoint: Endpoint | undefined) => Opening[] {
  const known = new Map<string, Opening[]>();
  return (endpoint) => {
    if (endpoint === undefined) return [];
    const all = openings(endpoint);
    const near = known.get(endpoint.key) ?? withoutLate(all, now.leastUs + SOONER_US, freeLanes(endpoint));
    known.set(endpoint.key, near);
    return near;
  };
}

/** Leaves out so many of the openings that are later. */
function withoutLate(openings: readonly Opening[], lateUs: number, count: number): Opening[] {
  const near = openings.filter(({ fromUs }) => fromUs <= lateUs);
  return [...near, ...openings.slice(near.length + count)];
}

function openingsOf(book: EndpointBook, nowMs: number, now: Now): (endpoint: Endpoint | undefined) => Opening[] {
  const known = new Map<string, Opening[]>();
  return (endpoint) => {
    if (endpoint === undefined) return [];
    const open = known.get(endpoint.key) ?? book.openings(endpoint, nowMs, now);
    known.set(endpoint.key, open);
    return open;
  };
}

function isMet(book: EndpointBook, endpoint: Endpoint | undefined, opening: Opening, slot: Slot, now: Now): boolean {
  const untilUs = endpoint === undefined ? undefined : book.untilUs(endpoint, slot, slot.fromUs);
  if (untilUs === undefined) return false;
  const commonUs = Math.min(opening.untilUs, untilUs) - Math.max(opening.fromUs, slot.fromUs);
  return commonUs >= now.mostUs - now.leastUs + COMMON_US;
}

/**
 * When these callers can be served, each after those before it, as far as a node can tell. `accountUs`: the slots of the
 * account, by place from 1 on.
 */
export function estimates(
  callers: readonly CountedCaller[],
  slots: readonly Slot[],
  accountUs: (place: number) => number,
  book: EndpointBook,
  nowMs: number,
  now: Now,
  view: FleetView,
): Wait[] {
  const known: number[] = [];
  const slotUs = (index: number): number =>
    (known[index] ??= Math.max(now.leastUs, slots[index]?.fromUs ?? accountUs(index - slots.length + 1)));
  const openings = openingsOf(book, nowMs, now);
  const soonest = new Map<string, (place: number) => number>();
  const counts = new Map<string, number>();
  const next = new Map<number, number>();
  const freeFrom = (index: number): number => {
    let free = index;
    while (next.has(free)) free = next.get(free) ?? free;
    next.set(index, free === index ? index + 1 : free + 1);
    next.set(free, free + 1);
    return free;
  };
  let plain = 0;
  return callers.map(({ endpoint }) => {
    const accountOnlyUs = slotUs((plain += 1) - 1);
    if (endpoint === undefined || !book.isCounted(endpoint, now.leastUs, view.perSecond))
      return { ms: (slotUs(freeFrom(0)) - now.leastUs) / MS_US, heldBack: false };
    const count = (counts.get(endpoint.key) ?? 0) + 1;
    counts.set(endpoint.key, count);
    const open = openings(endpoint);
    const further = soonest.get(endpoint.key) ?? book.lanes(endpoint, nowMs).soonestUs(now.leastUs, view, true);
    soonest.set(endpoint.key, further);
    const endpointUs = open[count - 1]?.fromUs ?? further(count - open.length);
    let first = 0;
    let last = callers.length + slots.length;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (slotUs(middle) >= endpointUs) last = middle;
      else first = middle + 1;
    }
    const atUs = Math.max(endpointUs, slotUs(freeFrom(first)));
    return { ms: (atUs - now.leastUs) / MS_US, heldBack: endpointUs > accountOnlyUs + LATER_US };
  });
}

/** When the endpoint of the first of these callers can let it go. */
export function soonestEndpointUs(
  uncovered: readonly Uncovered<CountedCaller>[],
  book: EndpointBook,
  nowMs: number,
  now: Now,
  view: FleetView,
): number {
  const known = new Map<string, number>();
  let soonestUs = Infinity;
  for (const { caller, opening } of uncovered) {
    const { endpoint } = caller;
    if (endpoint === undefined || !book.isCounted(endpoint, now.leastUs, view.perSecond)) return 0;
    if (opening !== undefined) soonestUs = Math.min(soonestUs, opening.fromUs);
    else {
      const atUs =
        known.get(endpoint.key) ??
        book.lanes(endpoint, nowMs).soonestUs(now.leastUs, view, book.isByChance(endpoint, nowMs, now.leastUs, view))(
          1,
        );
      known.set(endpoint.key, atUs);
      soonestUs = Math.min(soonestUs, atUs);
    }
  }
  return soonestUs;
}

/** The times to come at which a caller may become due: those of the slots in hand, and of the openings. */
export function nextMomentsUs(
  callers: readonly CountedCaller[],
  slots: readonly Slot[],
  book: EndpointBook,
  nowMs: number,
  now: Now,
): number[] {
  const openings = openingsOf(book, nowMs, now);
  const endpoints = new Map(callers.map(({ endpoint }) => [endpoint?.key, endpoint]));
  const times = [...slots, ...[...endpoints.values()].flatMap((endpoint) => openings(endpoint))].map(
    ({ fromUs }) => fromUs,
  );
  return times.filter((atUs) => atUs > now.leastUs);
}
