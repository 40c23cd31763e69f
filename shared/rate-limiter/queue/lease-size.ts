import { ROUNDS } from './arrivals.ts';

/** Two calls in the rounds that are remembered: after a single call, the next one likely comes when the lease is over. */
const MIN_PER_ROUND = 2 / ROUNDS;

/**
 * If calls use a larger part of the node's lanes, the nodes of a fleet of two lease no lanes, because each then relies on
 * free lanes of the other.
 */
const MAX_PART = 0.4;

/**
 * The number of lanes that random calls use at a time has a Poisson distribution. Its mean and this many standard
 * deviations more are leased: with more, a busy node finds too few free lanes of other nodes.
 */
const DEVIATIONS = 0.6;

/**
 * Returns the number of lanes to lease for calls that come at random: about as many as they use at a time. 0 if calls
 * are too rare, or if the only other node needs the lanes. `perRound`: calls in a round. `own`: lanes of the node.
 * `others`: lanes of other nodes.
 */
export function lanesToLease(perRound: number, own: number, others: number): number {
  if (perRound < MIN_PER_ROUND) return 0;
  const hasOneOther = others > 0 && others <= own;
  if (hasOneOther && perRound > MAX_PART * own) return 0;
  return Math.ceil(perRound + DEVIATIONS * Math.sqrt(perRound));
}
