import { blurUs, type Now } from '../gcra.ts';
import type { FleetView } from '../lanes/fleet-view.ts';
import type { QueueLanes } from '../lanes/queue-lanes.ts';
import type { NodeState } from '../node.ts';

/** The fleet as a queue sees it at `now`. */
export function queueView(node: NodeState, source: QueueLanes, now: Now): FleetView {
  const members = node.members(now);
  const { perSecond, nodes } = node.capacity(now);
  const lanes = source.lanes(now, perSecond);
  // Without a count of the nodes, the rank is random. With a single shard, each node then begins at a random lane of
  // the shard.
  const live = members?.live ?? (node.singleShard ? 2 * lanes.size : nodes);
  return {
    all: node.lanes(perSecond),
    lanes,
    live,
    rank: members?.rank ?? Math.floor(node.place * live),
    blurUs: blurUs(now.latestUs - now.earliestUs),
    stretch: node.stretch(now),
  };
}
