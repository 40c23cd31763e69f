import type { EndpointRequest, SlotRequest } from '../store.ts';
import type { FleetView } from '../lanes/selector.ts';
import type { EndpointBook } from './book.ts';
import type { Coverage, CountedCaller, Uncovered } from './coverage.ts';
import type { Endpoint } from './endpoint.ts';
import { isUsable, type EndpointLane } from './endpoint-lanes.ts';

/**
 * Slots are reserved up to so many microseconds ahead where an endpoint is slower than the account: further where all
 * callers are of one endpoint, because no other caller could use an earlier slot.
 */
const HORIZON_US = 1_000_000;
const LONE_HORIZON_US = 3_000_000;

/** Rather than wait for longer than this, a node looks for free lanes of others first. Microseconds. */
const LOOK_US = 100_000;

/** A lane of the node's share is kept for so long at most where callers wait for it. */
const HOLD_US = 2_000_000;

/** What a reservation asks for: slots of the account and, in the same step, lane time of endpoints. */
export interface PairedPlan {
  readonly requests: readonly SlotRequest[];
  readonly endpoints: readonly EndpointRequest[];
}

/** A request for slots of one lane of the account, and when its first one is expected. Microseconds. */
export interface Planned {
  readonly request: SlotRequest;
  readonly firstUs: number;
}

interface PlanTerms {
  readonly nowMs: number;
  readonly fromUs: number;
  readonly view: FleetView;
}

/** Slots of one lane of the account. Those that are used come no earlier than their callers' endpoints allow. */
class LaneRun {
  used = 0;

  constructor(
    readonly planned: Planned,
    public firstUs: number,
  ) {}

  /** The next slot. Infinity if the run has no more. */
  get nextUs(): number {
    const { count, spacingUs } = this.planned.request;
    return this.used < count ? this.firstUs + this.used * spacingUs : Infinity;
  }

  /** Uses the next slot, at this time or later. */
  use(atUs: number): void {
    this.firstUs += Math.max(0, atUs - this.nextUs);
    this.used += 1;
  }

  request(fromUs: number): SlotRequest[] {
    const { request, firstUs } = this.planned;
    if (request.count === 0) return [request];
    if (this.used === 0) return [];
    const delay = this.firstUs > firstUs ? { delayUs: this.firstUs - fromUs } : {};
    return [{ ...request, count: this.used, ...delay }];
  }
}

/** The run with the soonest slot. */
function soonest(runs: readonly LaneRun[]): LaneRun | undefined {
  return runs.reduce<LaneRun | undefined>(
    (first, one) => (one.nextUs < (first?.nextUs ?? Infinity) ? one : first),
    undefined,
  );
}

/** The lanes of one endpoint, and the time of them that this reservation takes. */
class Taken {
  private readonly free: Map<number, EndpointLane>;
  private readonly blocks = new Map<number, { fromUs: number; endUs: number }>();
  private looks: readonly SlotRequest[] | undefined;

  constructor(
    readonly endpoint: Endpoint,
    private readonly own: ReadonlySet<number>,
    known: readonly EndpointLane[],
    readonly byChance: boolean,
    private readonly unknown: () => EndpointLane[],
  ) {
    this.free = new Map(known.map((lane) => [lane.lane, lane]));
  }

  /** When a lane is free next. */
  get soonestUs(): number {
    return [...this.free.values()].reduce(
      (soonest, lane) => (isUsable(lane) ? Math.min(soonest, lane.nextUs) : soonest),
      Infinity,
    );
  }

  /** Takes the lane that is free the latest, but by this time. */
  take(atUs: number): void {
    const lanes = [...this.free.values()].filter((one) => one.nextUs <= atUs && isUsable(one, atUs));
    const lane = lanes.reduce<EndpointLane | undefined>(
      (best, one) => (best === undefined || one.nextUs > best.nextUs ? one : best),
      undefined,
    );
    if (lane === undefined) return;
    const { fromUs } = this.blocks.get(lane.lane) ?? { fromUs: atUs };
    const endUs = atUs + lane.spacingUs;
    this.blocks.set(lane.lane, { fromUs, endUs });
    this.free.set(lane.lane, { ...lane, nextUs: endUs });
  }

  /** Asks for reports of further lanes, if it is time for that. Returns whether there are any. */
  look(): boolean {
    this.looks ??= this.unknown().map(({ lane, spacingUs }) => ({ lane, count: 0, spacingUs }));
    return this.looks.length > 0;
  }

  /** Keeps the lanes of the node's share for callers that are not served yet: it needs fewer reservations. */
  extend(callers: number): void {
    let left = callers;
    for (let round = 0; round < 3 && left > 0; round += 1)
      for (const [lane, block] of this.blocks) {
        const free = this.free.get(lane);
        if (left === 0 || free === undefined || !this.own.has(lane) || block.endUs - block.fromUs > HOLD_US) continue;
        if (!isUsable(free, block.endUs)) continue;
        block.endUs += free.spacingUs;
        left -= 1;
      }
  }

  requests(notBeforeUs: number): SlotRequest[] {
    const blocks = [...this.blocks].map(([lane, { fromUs, endUs }]) => ({
      lane,
      count: 1,
      spacingUs: Math.ceil(endUs - fromUs),
      delayUs: Math.max(0, Math.floor(fromUs - notBeforeUs)),
    }));
    return [...blocks, ...(this.looks ?? []).filter(({ lane }) => !this.blocks.has(lane))];
  }
}

/**
 * Plans a slot of the account for callers, and lane time of their endpoints at the same times. Each slot is for the first
 * caller whose endpoint has room by then. If there is none it waits for the first endpoint that has. `account` plans so many
 * slots of the account.
 */
export function pairedPlan<T extends CountedCaller>(
  { uncovered, spare }: Coverage<T>,
  book: EndpointBook,
  { nowMs, fromUs, view }: PlanTerms,
  account: (wanted: number) => Planned[],
): PairedPlan {
  const taken = new Map<string, Taken>();
  const left = [...uncovered];
  const of = (endpoint: Endpoint): Taken => {
    const lanes = book.lanes(endpoint, nowMs);
    const known = taken.get(endpoint.key);
    if (known !== undefined) return known;
    const byChance = book.isByChance(endpoint, nowMs, fromUs, view);
    const own = new Set(lanes.share(fromUs, view));
    const entry = new Taken(endpoint, own, lanes.known(fromUs, view, byChance), byChance, () =>
      lanes.unknown(fromUs, view),
    );
    taken.set(endpoint.key, entry);
    return entry;
  };
  /** From when the caller's endpoint lets it go. */
  const readyUs = ({ caller: { endpoint }, opening }: Uncovered<T>): number => {
    if (opening !== undefined) return opening.fromUs;
    return endpoint !== undefined && book.isCounted(endpoint, fromUs, view.perSecond) ? of(endpoint).soonestUs : fromUs;
  };
  const serve = (place: number, atUs: number): void => {
    const [served] = left.splice(place, 1);
    if (served?.opening !== undefined || served?.caller.endpoint === undefined) return;
    if (book.isCounted(served.caller.endpoint, fromUs, view.perSecond)) of(served.caller.endpoint).take(atUs);
  };
  const firstReady = (atUs: number): number =>
    left.findIndex((one) => readyUs(one) <= atUs && (one.opening === undefined || atUs <= one.opening.untilUs));

  const keys = new Set(uncovered.map(({ caller }) => caller.endpoint?.key));
  const horizonUs = keys.size > 1 ? HORIZON_US : LONE_HORIZON_US;
  for (const slot of spare) {
    const place = slot.fromUs < fromUs ? -1 : firstReady(slot.fromUs);
    if (place >= 0) serve(place, slot.fromUs);
  }
  const runs = (left.length === 0 ? [] : account(left.length)).map((planned) => new LaneRun(planned, planned.firstUs));
  for (;;) {
    const run = soonest(runs);
    if (run === undefined || left.length === 0) break;
    const atUs = run.nextUs;
    if (atUs > fromUs + LONE_HORIZON_US) break;
    const ready = firstReady(atUs);
    if (ready >= 0) {
      run.use(atUs);
      serve(ready, atUs);
      continue;
    }
    const times = left.map(readyUs);
    const soonestUs = Math.min(...times);
    const looked = left.filter(
      ({ caller, opening }) =>
        opening === undefined &&
        caller.endpoint !== undefined &&
        of(caller.endpoint).look() &&
        of(caller.endpoint).byChance,
    );
    if (soonestUs > fromUs + (looked.length > 0 ? LOOK_US : horizonUs)) break;
    run.use(soonestUs);
    serve(times.indexOf(soonestUs), soonestUs);
  }
  for (const entry of taken.values())
    entry.extend(
      left.filter(({ caller, opening }) => opening === undefined && caller.endpoint?.key === entry.endpoint.key).length,
    );
  return {
    requests: runs.flatMap((run) => run.request(fromUs)),
    endpoints: [...taken.values()]
      .map((entry) => ({ endpoint: entry.endpoint, requests: entry.requests(fromUs) }))
      .filter(({ requests }) => requests.length > 0),
  };
}
