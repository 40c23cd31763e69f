import { shardOf } from '../capacity.ts';
import { assignedLanes, partsAhead, rotationAt, type AssignedLanes } from '../lanes/assigned.ts';
import { isPart, spacingUs, type FleetView } from '../lanes/fleet-view.ts';
import type { LaneLeases } from '../lanes/leases.ts';
import type { LaneRecords } from '../lanes/records.ts';
import type { ShardProbes } from './probes.ts';

/**
 * After this time, an answer about lanes that several nodes use is too old to tell which lane is free. Microseconds.
 */
export const STALE_US = 250_000;

/** The lanes that a reservation of a queue chooses from. */
export interface Choices {
  /** The lanes that are assigned to the node. */
  readonly assigned: AssignedLanes;
  /** The node's part of the lanes in this rotation and the next ones. */
  readonly parts: readonly number[];
  /** The shards of the assigned lanes. */
  readonly shards: ReadonlySet<number>;
  /** Lanes of other nodes, in these shards and in shards where a probe found room. */
  readonly touched: readonly number[];
}

interface CachedChoices extends Choices {
  readonly key: string;
}

/**
 * Computes the choices of a queue. Caches them until the store answers, the count of the nodes changes, or the lanes
 * are divided differently among the nodes.
 */
export class LaneChoices {
  private cached: CachedChoices | undefined;

  constructor(
    private readonly records: LaneRecords,
    private readonly probes: ShardProbes,
    private readonly leases: LaneLeases,
  ) {}

  /** When a lane could have a further slot of the queue, as far as the node knows. */
  nextUs(lane: number, fromUs: number, view: FleetView): number {
    const nextUs = this.records.nextUs(lane);
    return isPart(view) ? Math.max(fromUs, nextUs) : this.leases.nextUs(lane, nextUs, fromUs, spacingUs(view));
  }

  /** Returns the choices of a reservation that begins at `fromUs`. */
  at(fromUs: number, { rank, live, all, lanes }: FleetView): Choices {
    const key = [rank, live, all.size, lanes.key, rotationAt(fromUs)].join();
    if (this.cached?.key !== key) {
      const standing = { rank, live, all, lanes, nowUs: fromUs };
      const assigned = assignedLanes(standing);
      const shards = new Set(assigned.lanes.map(shardOf));
      const touched = [...shards, ...this.probes.withRoom]
        .flatMap((shard) => lanes.lanesIn(shard))
        .filter((lane) => !assigned.lanes.includes(lane));
      this.cached = { key, assigned, parts: partsAhead(standing), shards, touched };
    }
    return this.cached;
  }

  /** Forgets the cached choices, because an answer changed which shards have room. */
  refresh(): void {
    this.cached = undefined;
  }

  /**
   * Returns the lanes of other nodes that this node may use. `byChance`: also lanes that others use and that were free
   * a moment ago.
   */
  spare(fromUs: number, byChance: boolean, view: FleetView): readonly number[] {
    const { assigned, touched } = this.at(fromUs, view);
    const spare = touched.filter((lane) => this.records.isSpare(lane, fromUs));
    if (!byChance || !maySearch(assigned, view)) return spare;
    const free = touched.filter(
      (lane) => this.records.backlogUs(lane) === 0 && this.records.ageUs(lane, fromUs) < STALE_US,
    );
    return [...new Set([...spare, ...free.reverse()])];
  }
}

/** False if all nodes take turns at the lanes of one shard, because the other nodes then have no lanes of their own. */
export function maySearch({ exclusive }: AssignedLanes, { all, lanes }: FleetView): boolean {
  return exclusive || lanes.size < all.size;
}
