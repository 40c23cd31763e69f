import { LANES_PER_SHARD, shardOf } from '../capacity.ts';
import { slotInterval } from '../gcra.ts';
import type { Reservation, SlotRequest } from '../store.ts';
import { assignedLanes, rotationAt, type AssignedLanes, type Standing } from './assigned.ts';
import { SlotCounts, type Candidate } from './candidates.ts';
import { ShardProbes } from './probes.ts';
import { LaneRecords } from './records.ts';
import { isReserved } from './reserve.ts';
import { LaneSearch } from './search.ts';
import { soonestSlots } from './soonest-slots.ts';
import { spread } from './spread.ts';

/** Slots of one shard that one reservation takes at most: a crash loses no more. */
const MAX_BATCH = 6;

/** The same where nodes take turns at a shard: turns come round sooner, and two commits a second serve its whole rate. */
const MAX_TURN = 3;

/** Slots for expected callers must come within this time. Microseconds, as all below. */
const PREFETCH_US = 1_100_000;

/** By how much a lane of another node must be sooner than one of the node's own. */
const SPARE_HANDICAP_US = 20_000;

/** From this on a queue is long: nodes are served in turn, not where each thinks its slots come soonest. */
const LONG_QUEUE_US = 1_000_000;

/** In turn, all lanes count as equally long that exceed the mean by less than this. */
const EQUAL_QUEUES_US = 5_000_000;

/** What a node knows of a shared shard is too old after this to guess which lane is free. */
const STALE_US = 250_000;

/**
 * A round is one waiting caller for each lane. A node with more rounds of callers of a lower class than this spreads its
 * lanes over time.
 */
const MANY_ROUNDS = 2;

/** A search takes no later slots. */
const HORIZON_US = 3_500_000;

/** Further slots for a lone call, if the answer comes too late for the first: how many, and how far apart. */
const MAX_FALLBACKS = 2;
const FALLBACK_US = 25_000;

/** Shards of other nodes that one reservation watches at most. */
const MAX_WATCHED = 4;

/** With no more of its own lanes free than this part a node looks for those of others. */
const FEW_FREE = 0.25;

/** Where this much is reserved ahead in each lane on average, none is free: there is nothing to look for. */
const BUSY_US = 800_000;

/** The fleet as a reservation sees it: what a count of the nodes, the ceilings and the throttle make of it. */
export interface FleetView extends Omit<Standing, 'nowUs'> {
  /** Microseconds that each slot costs more because the time is not known well (`gcra`). */
  readonly blurUs: number;
  /** Intervals are so many times longer (`throttle`). */
  readonly stretch: number;
}

/** The callers that a reservation is for. */
export interface Demand {
  /** Callers who need a slot. */
  readonly wanted: number;
  /** True if callers of a lower class leave the reserve to payments. */
  readonly keepsReserve: boolean;
  /** Later slots are of no use to them. */
  readonly latestUs: number;
  /** Further callers who are expected (`Arrivals`). Undefined if calls come by chance. */
  readonly ahead: number | undefined;
  /** Waiting callers of the lower classes. */
  readonly patient: number;
  /** True if hardly any callers wait. */
  readonly lone: boolean;
  /** True if the node's lanes are idle most of the time. */
  readonly rare: boolean;
}

interface Choices {
  readonly key: string;
  readonly assigned: AssignedLanes;
  /** Of the assigned lanes. */
  readonly shards: ReadonlySet<number>;
  /** Lanes of the same shards, and of others that had room, that are not assigned to the node. */
  readonly touched: readonly number[];
}

/**
 * Which lanes a node takes its slots from: first those that are assigned to it, then lanes that it found free in the
 * shards that its reservations touched. Each answer reports all lanes of those shards; further shards are found by
 * probes, so a busy node among idle ones gets the whole capacity within a few reservations.
 */
export class LaneSelector {
  private readonly probes = new ShardProbes();
  /** Where the node's next turn at the lanes of a shared shard begins. */
  private turn: number | undefined;
  private choices: Choices | undefined;

  private readonly search: LaneSearch;

  /** `records`: what the instance knows of lanes. Its queues share it. */
  constructor(private readonly records: LaneRecords) {
    this.search = new LaneSearch(records);
  }

  /**
   * Returns requests for slots from `fromUs` on, as many as the demand needs or one reservation may take. Slots for
   * expected callers are added only if the node's own lanes are all busy. A request for 0 slots only reports the lanes.
   * `taken`: lanes that another queue takes slots of in the same commit.
   */
  plan(demand: Demand, fromUs: number, view: FleetView, taken: ReadonlySet<number> = new Set()): SlotRequest[] {
    const { wanted, latestUs, ahead, patient, rare, lone } = demand;
    const { assigned, shards } = this.choicesAt(fromUs, view);
    if (this.searches(lone, fromUs, view)) return this.searchFor(demand, fromUs, view, taken);
    const own = assigned.exclusive
      ? assigned.lanes.map((lane) => candidate(lane, Math.max(fromUs, this.records.nextUs(lane)), view))
      : this.inTurn(assigned, wanted, fromUs, view);
    const flood = patient > MANY_ROUNDS * own.length;
    const lanes = flood ? spread(own, fromUs, view.all.size / Math.max(1, view.live)) : own;
    const [first] = own;
    if (first !== undefined && !assigned.exclusive && wanted < MAX_TURN && this.isStale(assigned, fromUs))
      return taken.has(first.lane) ? [] : [{ lane: first.lane, count: 0, spacingUs: first.spacingUs }];
    const byChance = ahead === undefined;
    const spare = this.spareAt(fromUs, byChance, view).map((lane) =>
      candidate(lane, this.expectedUs(lane, fromUs), view, SPARE_HANDICAP_US),
    );
    const free = own.filter(({ nextUs }) => nextUs <= fromUs).length;
    const probed = wanted > 1 ? this.probed(assigned, shards, fromUs, view) : [];
    const limits = new Map(probed.map(({ shard }) => [shard, 1]));
    if (flood) for (const shard of this.probes.withRoom) limits.set(shard, this.probes.limit(shard));
    for (const shard of shards) limits.delete(shard);
    if (!assigned.exclusive) for (const shard of shards) limits.set(shard, this.turnLimit(own, fromUs));
    const counts = new SlotCounts(limits, MAX_BATCH);
    const keeps = flood && demand.keepsReserve && isPart(view) && !own.every(({ lane }) => isReserved(lane));
    if (keeps) this.records.reserveKeptUs = fromUs;
    const open = ({ lane }: Candidate): boolean => !taken.has(lane) && !(keeps && isReserved(lane));
    counts.take([...lanes, ...spare, ...probed].filter(open), wanted, latestUs);
    const alone = assigned.exclusive || assigned.lanes.every((lane) => this.records.isShared(lane) !== true);
    if (alone && free === 0) counts.take(own.filter(open), ahead ?? 0, fromUs + PREFETCH_US);
    if (rare && assigned.exclusive) takeFallbacks(counts, own.filter(open), fromUs);
    const requests = slotRequestsOf(counts);
    if (isPart(view) && !lone && this.search.lookDue(fromUs)) {
      const { unknown } = this.search.others(view.lanes, assigned.lanes, fromUs);
      return [
        ...requests,
        ...this.search.looks(
          unknown.filter((lane) => !taken.has(lane)),
          requests,
          spacingUs(view),
        ),
      ];
    }
    if (!byChance || !maySearch(assigned, view) || free > FEW_FREE * own.length) return requests;
    return [...requests, ...this.watched(requests, assigned, shards, view).filter(({ lane }) => !taken.has(lane))];
  }

  /** Whether the queue of an endpoint looks for free lanes of other nodes. `lone`: hardly any callers wait. */
  searches(lone: boolean, fromUs: number, view: FleetView): boolean {
    return lone && isPart(view) && this.search.isPromising(fromUs);
  }

  /** Slots for a lone caller of an endpoint: of the node's own lanes, or of those of others. */
  private searchFor(demand: Demand, fromUs: number, view: FleetView, taken: ReadonlySet<number>): SlotRequest[] {
    const { wanted, rare } = demand;
    const latestUs = Math.min(demand.latestUs, fromUs + HORIZON_US);
    const { assigned } = this.choicesAt(fromUs, view);
    const at = (lane: number, handicapUs = 0): Candidate =>
      candidate(lane, Math.max(fromUs, this.records.nextUs(lane)), view, handicapUs);
    const found = this.search.others(view.lanes, assigned.lanes, fromUs);
    const open = ({ lane }: Candidate): boolean => !taken.has(lane);
    const own = assigned.lanes.map((lane) => at(lane)).filter(open);
    const lanes = [...own, ...found.known.map((lane) => at(lane, SPARE_HANDICAP_US)).filter(open)];
    const enough = lanes.filter(({ nextUs }) => nextUs <= fromUs).length >= wanted;
    const guesses = found.unknown.map((lane) => at(lane, 2 * SPARE_HANDICAP_US)).filter(open);
    const counts = new SlotCounts(new Map(), MAX_BATCH);
    if (enough || guesses.length === 0) counts.take(lanes, wanted, latestUs);
    else if (this.search.mayGuess) counts.take([...lanes, ...guesses], wanted, latestUs);
    else counts.take(lanes, wanted, fromUs);
    if (rare && assigned.exclusive) takeFallbacks(counts, own, fromUs);
    const requests = slotRequestsOf(counts);
    return enough
      ? requests
      : [
          ...requests,
          ...this.search.looks(
            guesses.map(({ lane }) => lane),
            requests,
            spacingUs(view),
          ),
        ];
  }

  /** Learns the result of requests that were to begin at `fromUs`. The records have learned it before. */
  learn(requests: readonly SlotRequest[], reservation: Reservation, fromUs: number, view: FleetView): void {
    const { assigned, shards: own } = this.choicesAt(fromUs, view);
    this.choices = undefined;
    const reported = reservation.lanes.map(({ lane }) => lane).filter((lane) => view.lanes.has(lane));
    this.search.learn(
      reported.filter((lane) => !assigned.lanes.includes(lane)),
      fromUs,
    );
    const isShared = (lane: number): boolean => this.records.isShared(lane) === true;
    const crowded = !assigned.exclusive && assigned.lanes.every(isShared);
    for (const shard of new Set(requests.map(({ lane }) => shardOf(lane)))) {
      const free = view.lanes
        .lanesIn(shard)
        .filter((lane) => !isShared(lane) || this.records.backlogUs(lane) === 0).length;
      if (own.has(shard)) continue;
      if (requests.some(({ lane, count }) => shardOf(lane) === shard && count > 0))
        this.probes.learn(shard, free, crowded, fromUs, view.lanes);
      else this.probes.watched(shard, free, view.lanes);
    }
    const atOnce = requests.some(
      ({ lane }, index) => own.has(shardOf(lane)) && reservation.grants[index]?.firstUs === fromUs,
    );
    if (atOnce) this.probes.reset(fromUs);
    const last = requests.filter(({ lane, count }) => count > 0 && own.has(shardOf(lane))).at(-1);
    if (!assigned.exclusive && last !== undefined) this.turn = last.lane + 1;
  }

  /** How many of these slots are more than `gainUs` later than a lane that seems free at `fromUs`. */
  improvable(
    slotsUs: readonly number[],
    fromUs: number,
    gainUs: number,
    byChance: boolean,
    lone: boolean,
    view: FleetView,
  ): number {
    const late = slotsUs.filter((slotUs) => slotUs > fromUs + gainUs).length;
    if (late === 0) return 0;
    const { assigned } = this.choicesAt(fromUs, view);
    if (this.searches(lone, fromUs, view)) {
      const { known, unknown } = this.search.others(view.lanes, assigned.lanes, fromUs);
      const free = [...assigned.lanes, ...known].filter((lane) => this.records.nextUs(lane) <= fromUs).length;
      return Math.min(late, free + unknown.length);
    }
    const spare = this.spareAt(fromUs, byChance, view);
    const freeUs = (lane: number): number =>
      assigned.exclusive ? this.records.nextUs(lane) : this.expectedUs(lane, fromUs);
    const free = [...assigned.lanes, ...spare].filter((lane) => freeUs(lane) <= fromUs).length;
    return Math.min(late, free);
  }

  /**
   * A lower bound of when further slots can be, each by its place (1: the next one). `anywhere`: shards of which nothing
   * is known may have room; where a single slot is wanted they are not probed.
   */
  soonestUs(fromUs: number, view: FleetView, anywhere = true, search = false): (place: number) => number {
    const { assigned, shards } = this.choicesAt(fromUs, view);
    const known = [...assigned.lanes, ...this.spareAt(fromUs, false, view)].map((lane) => ({
      nextUs: Math.max(this.records.nextUs(lane), fromUs),
      spacingUs: spacingUs(view),
      lanes: 1,
    }));
    if (search) {
      const found = this.search.others(view.lanes, assigned.lanes, fromUs);
      for (const lane of found.known)
        known.push({ nextUs: Math.max(this.records.nextUs(lane), fromUs), spacingUs: spacingUs(view), lanes: 1 });
      if (found.unknown.length > 0)
        known.push({ nextUs: fromUs, spacingUs: spacingUs(view), lanes: found.unknown.length });
      return soonestSlots(known);
    }
    const unprobed = anywhere ? this.probes.unknown(fromUs, view.lanes, shards) : [];
    const unknown = unprobed.reduce((sum, shard) => sum + view.lanes.lanesIn(shard).length, 0);
    if (unknown === 0) return soonestSlots(known);
    return soonestSlots([...known, { nextUs: fromUs, spacingUs: spacingUs(view), lanes: unknown }]);
  }

  /**
   * Returns the lanes of a shared shard, starting at this node's turn. What a node knows about the queues of the lanes is
   * out of date, so it ignores their lengths. If callers of all nodes wait, lanes in turn serve the nodes in order.
   */
  private inTurn({ lanes }: AssignedLanes, wanted: number, fromUs: number, view: FleetView): Candidate[] {
    const turn = (this.turn ?? view.rank) % lanes.length;
    const first = wanted < MAX_TURN ? turn : turn - (turn % MAX_TURN);
    const queues = [...lanes.slice(first), ...lanes.slice(0, first)].map((lane) =>
      candidate(lane, this.expectedUs(lane, fromUs), view),
    );
    const soonestUs = queues.reduce((least, { nextUs }) => Math.min(least, nextUs), Infinity);
    if (soonestUs < fromUs + LONG_QUEUE_US) return queues;
    const meanUs = queues.reduce((sum, { nextUs }) => sum + nextUs / queues.length, 0);
    return queues.map((queue) =>
      this.records.isShared(queue.lane) === true && queue.nextUs < meanUs + EQUAL_QUEUES_US
        ? { ...queue, nextUs: soonestUs }
        : queue,
    );
  }

  /** Whether other nodes use half of a shared shard's lanes, so that one of them taken by guess is likely taken already. */
  private isStale({ lanes }: AssignedLanes, fromUs: number): boolean {
    const shared = lanes.filter((lane) => this.records.isShared(lane) === true).length;
    const backlogUs = lanes.reduce((sum, lane) => sum + this.records.backlogUs(lane), 0);
    return (
      2 * shared >= lanes.length &&
      backlogUs < BUSY_US * lanes.length &&
      lanes.every((lane) => this.records.ageUs(lane, fromUs) > STALE_US)
    );
  }

  /** Slots that a node may take of a shared shard at once: those that are free, or a turn; all where it is alone there. */
  private turnLimit(own: readonly Candidate[], fromUs: number): number {
    const unshared = own.filter(({ lane }) => this.records.isShared(lane) === false);
    if (unshared.length === own.length) return MAX_BATCH;
    return Math.max(MAX_TURN, unshared.filter(({ nextUs }) => nextUs <= fromUs).length);
  }

  /** The lanes to choose from; they stay the same until the next answer, count of the nodes or turn of the borders. */
  private choicesAt(fromUs: number, { rank, live, all, lanes }: FleetView): Choices {
    const key = [rank, live, all.size, lanes.key, rotationAt(fromUs)].join();
    if (this.choices?.key !== key) {
      const assigned = assignedLanes({ rank, live, all, lanes, nowUs: fromUs });
      const shards = new Set(assigned.lanes.map(shardOf));
      const touched = [...shards, ...this.probes.withRoom]
        .flatMap((shard) => lanes.lanesIn(shard))
        .filter((lane) => !assigned.lanes.includes(lane));
      this.choices = { key, assigned, shards, touched };
    }
    return this.choices;
  }

  /** Spare lanes; where a lone caller waits, also those that were free a moment ago, though others use them. */
  private spareAt(fromUs: number, byChance: boolean, view: FleetView): readonly number[] {
    const { assigned, touched } = this.choicesAt(fromUs, view);
    const spare = touched.filter((lane) => this.records.isSpare(lane, fromUs));
    if (!byChance || !maySearch(assigned, view)) return spare;
    const free = touched.filter(
      (lane) => this.records.backlogUs(lane) === 0 && this.records.ageUs(lane, fromUs) < STALE_US,
    );
    return [...new Set([...spare, ...free.reverse()])];
  }

  /** Requests for no slots of other nodes' shards, so that their free lanes are known by the time they are needed. */
  private watched(
    requests: readonly SlotRequest[],
    assigned: AssignedLanes,
    own: ReadonlySet<number>,
    view: FleetView,
  ): SlotRequest[] {
    const touched = new Set(requests.map(({ lane }) => shardOf(lane)));
    // A node with few lanes of its own is more often in need of others.
    const count = Math.min(MAX_WATCHED, Math.ceil(LANES_PER_SHARD / Math.max(1, assigned.lanes.length)));
    return this.probes
      .toWatch(count, view.lanes, own)
      .filter((shard) => !touched.has(shard))
      .flatMap((shard) => view.lanes.lanesIn(shard).slice(0, 1))
      .map((lane) => ({ lane, count: 0, spacingUs: spacingUs(view) }));
  }

  private probed({ exclusive }: AssignedLanes, own: ReadonlySet<number>, fromUs: number, view: FleetView): Candidate[] {
    return this.probes.next(fromUs, view.lanes, own).map((shard) => {
      const lanes = view.lanes.lanesIn(shard);
      // The last lane of a shard: its own node takes the first that is free.
      const lane = exclusive ? lanes.at(-1) : lanes[view.rank % lanes.length];
      return candidate(lane ?? 0, fromUs, view, SPARE_HANDICAP_US);
    });
  }

  private expectedUs(lane: number, fromUs: number): number {
    return Math.max(fromUs, this.records.expectedUs(lane, fromUs));
  }
}

/** Whether a lone caller looks for lanes of other nodes: not where all nodes take turns at the lanes of one shard. */
function maySearch({ exclusive }: AssignedLanes, { all, lanes }: FleetView): boolean {
  return exclusive || lanes.size < all.size;
}

function slotRequestsOf(counts: SlotCounts): SlotRequest[] {
  return [...counts].map(([{ lane, spacingUs, delayUs = 0 }, count]) => ({ lane, count, spacingUs, delayUs }));
}

/**
 * Takes later slots of other free lanes: a caller whose first slot is over when the answer comes has the next one, and
 * needs no second reservation. Half of the lanes stay free.
 */
function takeFallbacks(counts: SlotCounts, own: readonly Candidate[], fromUs: number): void {
  const free = own.filter((lane) => lane.nextUs <= fromUs && !counts.has(lane));
  const spared = Math.max(0, Math.min(MAX_FALLBACKS, free.length - Math.ceil(own.length / 2)));
  free.slice(0, spared).forEach((lane, index) => {
    const delayUs = (index + 1) * FALLBACK_US;
    counts.take([{ ...lane, nextUs: fromUs + delayUs, delayUs }], 1);
  });
}

/** Whether the queue is one of an endpoint. */
function isPart({ all, lanes }: FleetView): boolean {
  return lanes.size < all.size;
}

function candidate(lane: number, nextUs: number, view: FleetView, handicapUs = 0): Candidate {
  return { lane, shard: shardOf(lane), spacingUs: spacingUs(view), nextUs, handicapUs };
}

/** Microseconds between two slots of each lane. */
function spacingUs({ lanes, blurUs, stretch }: FleetView): number {
  return stretch * slotInterval(lanes.rate) + blurUs;
}
