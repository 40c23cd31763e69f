import { shardCount, type Limits } from '../capacity.ts';
import type { Now, Slot } from '../gcra.ts';
import type { FleetView } from '../lanes/selector.ts';
import type { Gate } from '../wait-queue.ts';
import type { EndpointRequest, LaneReport, SlotRequest } from '../store.ts';
import { ceilingOf, type CeilingKind, type Endpoint } from './endpoint.ts';
import { Counting } from './counting.ts';
import { EndpointRights, type Opening } from './rights.ts';
import { EndpointLanes } from './endpoint-lanes.ts';
import { Arrivals } from '../arrivals.ts';

/** Microseconds after its last caller that a kind of ceiling, or what is known of an endpoint, still counts. */
const REMEMBERED_MS = 60_000;

const CEILING_KINDS = ['endpoint', 'search', 'files'] as const;

/** What a node knows of one endpoint. */
interface Entry {
  readonly lanes: EndpointLanes;
  readonly rights: EndpointRights;
  readonly arrivals: Arrivals;
  /** Callers that wait. */
  waiting: number;
  usedMs: number;
}

/** The ceilings of endpoints as one node keeps them: which are counted, and the lane time that it holds of each. */
export class EndpointBook {
  readonly counting = new Counting();
  private readonly entries = new Map<string, Entry>();
  private readonly usedMs = new Map<CeilingKind, number>();

  /** `most`: the largest capacity that the connection can have. */
  constructor(
    private readonly limits: Limits,
    private readonly most: number,
  ) {}

  /** Notes a caller of an endpoint. */
  note(nowMs: number, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined || ceilingOf(endpoint.kind, this.limits) >= this.most) return;
    this.usedMs.set(endpoint.kind, nowMs);
    const entry = this.entry(nowMs, endpoint);
    entry.usedMs = nowMs;
    entry.arrivals.add(nowMs);
  }

  /** The lowest ceiling that callers of the last minute have. Infinity if the capacity cannot exceed any. */
  lowest(nowMs: number): number {
    let lowest = Infinity;
    for (const [kind, usedMs] of this.usedMs)
      if (nowMs - usedMs < REMEMBERED_MS) lowest = Math.min(lowest, ceilingOf(kind, this.limits));
    return lowest;
  }

  /** The lowest ceiling of any kind. */
  get lowestOfAll(): number {
    return Math.min(...CEILING_KINDS.map((kind) => ceilingOf(kind, this.limits)));
  }

  /** The capacity that the node may use: further lanes are used once all releases are counted. */
  usable(nowMs: number, nowUs: number, perSecond: number): number {
    const lowest = this.lowest(nowMs);
    if (perSecond <= lowest || this.counting.isInForce(nowUs)) return perSecond;
    return lowest;
  }

  /** Number of shards that hold the lanes of every ceiling, and those of this capacity. */
  shardsToMark(perSecond: number): number {
    const ceilings = CEILING_KINDS.map((kind) => ceilingOf(kind, this.limits)).filter((ceiling) => ceiling < this.most);
    return shardCount(Math.max(perSecond, ...ceilings));
  }

  /** Whether a new slot for this endpoint needs a part of the endpoint's lanes too. */
  isCounted(endpoint: Endpoint | undefined, nowUs: number, perSecond: number): boolean {
    if (endpoint === undefined) return false;
    const ceiling = ceilingOf(endpoint.kind, this.limits);
    return ceiling < this.most && (perSecond > ceiling || this.counting.isOn(nowUs));
  }

  /** Whether a slot serves this endpoint without a count. */
  isFree(endpoint: Endpoint | undefined, slot: Slot): boolean {
    if (endpoint === undefined) return true;
    const ceiling = ceilingOf(endpoint.kind, this.limits);
    return ceiling >= this.most || (slot.uncounted && slot.lane < Math.floor(ceiling));
  }

  /** What lets callers go now. */
  gate(nowMs: number, now: Now): Gate {
    return {
      check: (endpoint, slot) => {
        if (endpoint === undefined || this.isFree(endpoint, slot)) return 'free';
        const untilUs = this.untilUs(endpoint, slot, now.leastUs);
        return untilUs === undefined ? undefined : this.entry(nowMs, endpoint).rights.check(nowMs, now, untilUs);
      },
      use: (endpoint, slot) => {
        if (endpoint === undefined || this.isFree(endpoint, slot)) return slot.untilUs;
        const untilUs = this.untilUs(endpoint, slot, now.leastUs) ?? now.mostUs;
        return this.entry(nowMs, endpoint).rights.use(nowMs, now, untilUs);
      },
    };
  }

  /** The end of a counted slot. Undefined if its lane may not be used for this endpoint. */
  untilUs(endpoint: Endpoint, slot: Slot, nowUs: number): number | undefined {
    if (slot.lane < Math.floor(ceilingOf(endpoint.kind, this.limits))) return slot.untilUs;
    return this.counting.isInForce(nowUs) ? Math.min(slot.untilUs, this.counting.endUs) : undefined;
  }

  /** Counts the waiting callers of each endpoint. */
  count(callers: readonly { readonly endpoint?: Endpoint | undefined }[]): void {
    for (const entry of this.entries.values()) entry.waiting = 0;
    for (const { endpoint } of callers) {
      const entry = endpoint === undefined ? undefined : this.entries.get(endpoint.key);
      if (entry !== undefined) entry.waiting += 1;
    }
  }

  /** Whether calls of this endpoint come by chance: then lanes of other nodes may be free. */
  isByChance(endpoint: Endpoint, nowMs: number, fromUs: number, view: FleetView): boolean {
    const { lanes, arrivals, waiting } = this.entry(nowMs, endpoint);
    return arrivals.expected(nowMs, Math.max(1, lanes.share(fromUs, view).length), waiting, 0) === undefined;
  }

  openings(endpoint: Endpoint, nowMs: number, now: Now): Opening[] {
    return this.entry(nowMs, endpoint).rights.openings(nowMs, now);
  }

  /** The lanes of an endpoint as this node knows them. */
  lanes(endpoint: Endpoint, nowMs: number): EndpointLanes {
    return this.entry(nowMs, endpoint).lanes;
  }

  /** Learns the answer to requests that were to begin at `fromUs`. */
  learn(
    requests: readonly EndpointRequest[],
    reports: readonly LaneReport[],
    nowMs: number,
    fromUs: number,
    view: FleetView,
  ): void {
    requests.forEach(({ endpoint, requests: asked }, index) => {
      const report = reports[index];
      if (report === undefined) return;
      const entry = this.entry(nowMs, endpoint);
      entry.lanes.learn(asked, report, fromUs, view);
      asked.forEach(({ lane, count, spacingUs }: SlotRequest, place) => {
        const grant = report.grants[place];
        if (grant !== undefined && count > 0) entry.rights.add(lane, grant.firstUs, count * spacingUs);
      });
    });
  }

  /** Forgets blocks that are over, and endpoints that no caller has used for a while. */
  prune(nowMs: number, now: Now): void {
    for (const [key, { rights, usedMs }] of this.entries)
      if (!rights.prune(now) && nowMs - usedMs > REMEMBERED_MS) {
        this.entries.delete(key);
        this.shiftShares();
      }
  }

  /** Moves the shares of the endpoints against each other, so that a node has an equal part of all in sum. */
  private shiftShares(): void {
    [...this.entries.keys()].sort().forEach((key, index, { length }) => {
      const entry = this.entries.get(key);
      if (entry !== undefined) entry.lanes.shift = index / length;
    });
  }

  drop(): void {
    for (const { rights } of this.entries.values()) rights.drop();
  }

  private entry(nowMs: number, { kind, key }: Endpoint): Entry {
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const perSecond = ceilingOf(kind, this.limits);
    const entry = {
      lanes: new EndpointLanes(perSecond),
      rights: new EndpointRights(perSecond),
      arrivals: new Arrivals(),
      waiting: 0,
      usedMs: nowMs,
    };
    this.entries.set(key, entry);
    this.shiftShares();
    return entry;
  }
}
