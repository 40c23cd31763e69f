/** Two calls in six rounds: after a single call, the next one likely comes when the lease is over. */
const MIN_PER_ROUND = 2 / 6;

/**
 * If calls use a larger part of the node's lanes, two nodes lease no lanes, because each then relies on free lanes of the
 * other.
 */
const MAX_PART = 0.4;

/**
 * Returns the number of lanes to lease for calls that come at random: the lanes that they use at a time on average, and a
 * standard deviation more. `perRound`: calls in a round. `own`: lanes of the node. `others`: lanes of other nodes.
 */
export function lanesToLease(perRound: number, own: number, others: number): number {
  if (perRound < MIN_PER_ROUND) return 0;
  const hasOneOther = others > 0 && others <= own;
  if (hasOneOther && perRound > MAX_PART * own) return 0;
  return Math.ceil(perRound + Math.sqrt(perRound));
}
