import { LANES_PER_SHARD, shardOf } from '../capacity.ts';
import type { AssignedLanes } from '../lanes/assigned.ts';
import { isPart, spacingUs, type FleetView } from '../lanes/fleet-view.ts';
import { LaneLeases } from '../lanes/leases.ts';
import { LaneRecords } from '../lanes/records.ts';
import { isReserved } from '../lanes/reserve.ts';
import type { Reservation, SlotRequest } from '../store.ts';
import { candidate, MAX_BATCH, SlotCounts, SPARE_HANDICAP_US, type Candidate } from './candidates.ts';
import { LaneChoices, maySearch, type Choices } from './choices.ts';
import type { Demand } from './demand.ts';
import { SlotEstimates } from './estimates.ts';
import { takeFallbacks } from './fallbacks.ts';
import { leaseLanes } from './lease-lanes.ts';
import { ShardProbes } from './probes.ts';
import { LaneSearch } from './search.ts';
import { roundPhases } from './round-phases.ts';
import { spread } from './spread.ts';
import { MAX_TURN, SharedTurns } from './turns.ts';

/** Slots for expected callers must come within this time. Microseconds. */
const PREFETCH_US = 1_100_000;

/**
 * If more callers of the lower classes wait than this number for each lane of the node, the node spreads its lanes over
 * time.
 */
const MANY_ROUNDS = 2;

/**
 * Maximum slots of one lane in a reservation while a lower class of another endpoint starves. Its next call, or the next
 * node of the lane, then waits for few of them.
 */
const SHARED_ROUNDS = 2;

/** Maximum shards of other nodes that one reservation watches. */
const MAX_WATCHED = 4;

/** A node looks for lanes of other nodes if at most this part of its own lanes is free. */
const FEW_FREE = 0.25;

/**
 * Chooses the lanes that a queue takes its slots from: first those that are assigned to the node, then free lanes in the
 * shards that its reservations touched. Each answer reports all lanes of those shards. Probes find further shards, so a
 * busy node among idle ones has the whole capacity within a few reservations.
 */
export class LaneSelector {
  readonly search: LaneSearch;
  readonly estimates: SlotEstimates;
  private readonly probes = new ShardProbes();
  private readonly turns: SharedTurns;
  private readonly choices: LaneChoices;

  /** `records`: what the instance knows of lanes. All queues of the instance share it. */
  constructor(
    private readonly records: LaneRecords,
    private readonly leases = new LaneLeases(),
  ) {
    this.turns = new SharedTurns(records);
    this.choices = new LaneChoices(records, this.probes, leases);
    this.search = new LaneSearch(records, this.choices, leases);
    this.estimates = new SlotEstimates(records, this.choices, this.probes, this.search);
  }

  /**
   * Returns requests for slots from `fromUs` on, as many as the demand needs or one reservation may take. Slots for
   * expected callers are added only if the node's own lanes are all busy. A request for 0 slots only reports the lanes.
   * `taken`: lanes that another queue takes slots of in the same commit.
   */
  plan(demand: Demand, fromUs: number, view: FleetView, taken: ReadonlySet<number> = new Set()): SlotRequest[] {
    if (this.search.applies(demand.lone, fromUs, view)) return this.search.plan(demand, fromUs, view, taken);
    const choices = this.choices.at(fromUs, view);
    const { assigned } = choices;
    const own = this.ownCandidates(assigned, demand.wanted, fromUs, view);
    const [first] = own;
    if (first !== undefined && !assigned.exclusive && demand.wanted < MAX_TURN && this.turns.isStale(assigned, fromUs))
      return taken.has(first.lane) ? [] : [{ lane: first.lane, count: 0, spacingUs: first.spacingUs }];
    const requests = this.slotRequests(demand, choices, own, fromUs, view, taken);
    if (isPart(view) && !demand.lone && this.search.lookDue(fromUs))
      return [...requests, ...this.search.looksOfQueue(requests, fromUs, view, taken)];
    const free = own.filter(({ nextUs }) => nextUs <= fromUs).length;
    if (demand.expectedCallers !== undefined || !maySearch(assigned, view) || free > FEW_FREE * own.length)
      return requests;
    return [...requests, ...this.watched(requests, choices, view).filter(({ lane }) => !taken.has(lane))];
  }

  /** Returns the requests of a plan that take slots. Its other requests only look at lanes. */
  private slotRequests(
    demand: Demand,
    { assigned, shards }: Choices,
    own: readonly Candidate[],
    fromUs: number,
    view: FleetView,
    taken: ReadonlySet<number>,
  ): SlotRequest[] {
    const { wanted, latestUs, expectedCallers, patient, lease, rare, paymentLanes } = demand;
    const flood = patient > MANY_ROUNDS * own.length;
    // If the store's time is uncertain, the slots of a lane are further apart than a round, so they could not stay at
    // the same time of the round.
    const lanes = flood && view.blurUs === 0 ? spread(own, fromUs, roundPhases(paymentLanes, fromUs, view)) : own;
    const spare = this.choices
      .spare(fromUs, expectedCallers === undefined, view)
      .map((lane) => candidate(lane, Math.max(fromUs, this.records.expectedUs(lane, fromUs)), view, SPARE_HANDICAP_US));
    // Probes would take slots of lanes on which payments of other nodes rely.
    const yields = flood && isPart(view) && paymentLanes.length > 0;
    const probed = wanted > 1 && !yields ? this.probed(assigned, shards, fromUs, view) : [];
    const counts = new SlotCounts(
      this.shardLimits(probed, flood, assigned, shards, own, fromUs),
      isPart(view) && demand.othersStarve ? SHARED_ROUNDS : MAX_BATCH,
    );
    const keeps = yields && !own.every(({ lane }) => isReserved(lane));
    if (keeps) this.records.reserveKeptAtUs = fromUs;
    const open = ({ lane }: Candidate): boolean => !taken.has(lane) && !(keeps && isReserved(lane));
    counts.take([...lanes, ...spare, ...probed].filter(open), wanted, latestUs);
    const alone = assigned.exclusive || assigned.lanes.every((lane) => this.records.isShared(lane) !== true);
    const anyFree = own.some(({ nextUs }) => nextUs <= fromUs);
    if (alone && !anyFree) counts.take(own.filter(open), expectedCallers ?? 0, fromUs + PREFETCH_US);
    if (rare && assigned.exclusive) takeFallbacks(counts, own.filter(open), fromUs);
    if (lease > 0 && assigned.exclusive) leaseLanes(counts, own.filter(open), this.leases, fromUs, lease);
    return counts.requests();
  }

  /** Returns the lanes that are assigned to the node, as candidates. */
  private ownCandidates(assigned: AssignedLanes, wanted: number, fromUs: number, view: FleetView): Candidate[] {
    if (!assigned.exclusive) return this.turns.candidates(assigned, wanted, fromUs, view);
    return assigned.lanes.map((lane) => candidate(lane, this.choices.nextUs(lane, fromUs, view), view));
  }

  /**
   * Returns the maximum number of slots of a reservation by shard: for probed shards, for a shared shard, and in a `flood`
   * for the shards of other nodes that had room.
   */
  private shardLimits(
    probed: readonly Candidate[],
    flood: boolean,
    { exclusive }: AssignedLanes,
    own: ReadonlySet<number>,
    candidates: readonly Candidate[],
    fromUs: number,
  ): Map<number, number> {
    const limits = new Map(probed.map(({ shard }) => [shard, 1]));
    if (flood) for (const shard of this.probes.withRoom) limits.set(shard, this.probes.limit(shard));
    for (const shard of own) {
      if (exclusive) limits.delete(shard);
      else limits.set(shard, this.turns.limit(candidates, fromUs));
    }
    return limits;
  }

  /**
   * Learns from the answer to requests for slots from `fromUs` on. `records` must have learned from the answer before.
   */
  learn(requests: readonly SlotRequest[], reservation: Reservation, fromUs: number, view: FleetView): void {
    const { assigned, shards: own } = this.choices.at(fromUs, view);
    this.choices.refresh();
    const reported = reservation.lanes.map(({ lane }) => lane).filter((lane) => view.lanes.has(lane));
    this.search.learn(
      reported.filter((lane) => !assigned.lanes.includes(lane)),
      fromUs,
    );
    this.learnShards(requests, assigned, own, fromUs, view);
    const atOnce = requests.some(
      ({ lane }, index) => own.has(shardOf(lane)) && reservation.grants[index]?.firstUs === fromUs,
    );
    if (atOnce) this.probes.reset(fromUs);
    const last = requests.filter(({ lane, count }) => count > 0 && own.has(shardOf(lane))).at(-1);
    if (!assigned.exclusive && last !== undefined) this.turns.endedAt(last.lane);
  }

  /** Records which shards of other nodes had room. */
  private learnShards(
    requests: readonly SlotRequest[],
    assigned: AssignedLanes,
    own: ReadonlySet<number>,
    fromUs: number,
    view: FleetView,
  ): void {
    const isShared = (lane: number): boolean => this.records.isShared(lane) === true;
    const crowded = !assigned.exclusive && assigned.lanes.every(isShared);
    for (const shard of new Set(requests.map(({ lane }) => shardOf(lane)))) {
      if (own.has(shard)) continue;
      const free = view.lanes
        .lanesIn(shard)
        .filter((lane) => !isShared(lane) || this.records.backlogUs(lane) === 0).length;
      if (requests.some(({ lane, count }) => shardOf(lane) === shard && count > 0))
        this.probes.learn(shard, free, crowded, fromUs, view.lanes);
      else this.probes.watched(shard, free, view.lanes);
    }
  }

  /**
   * Returns requests with a count of 0 in shards of other nodes. They take no slots and report which lanes are free,
   * before such lanes are needed.
   */
  private watched(requests: readonly SlotRequest[], { assigned, shards }: Choices, view: FleetView): SlotRequest[] {
    const touched = new Set(requests.map(({ lane }) => shardOf(lane)));
    // A node with few lanes of its own is more often in need of others.
    const count = Math.min(MAX_WATCHED, Math.ceil(LANES_PER_SHARD / Math.max(1, assigned.lanes.length)));
    return this.probes
      .toWatch(count, view.lanes, shards)
      .filter((shard) => !touched.has(shard))
      .flatMap((shard) => view.lanes.lanesIn(shard).slice(0, 1))
      .map((lane) => ({ lane, count: 0, spacingUs: spacingUs(view) }));
  }

  /** Returns one lane of each shard to probe, as candidates. */
  private probed({ exclusive }: AssignedLanes, own: ReadonlySet<number>, fromUs: number, view: FleetView): Candidate[] {
    return this.probes.next(fromUs, view.lanes, own).map((shard) => {
      const lanes = view.lanes.lanesIn(shard);
      // The probe takes the last lane of a shard, because the shard's own node takes its first free lane.
      const lane = exclusive ? lanes.at(-1) : lanes[view.rank % lanes.length];
      return candidate(lane ?? 0, fromUs, view, SPARE_HANDICAP_US);
    });
  }
}
