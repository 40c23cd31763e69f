import type { Candidate, SlotCounts } from './candidates.ts';

/** Maximum number of additional slots for one call, in case the store's answer comes too late for the first slot. */
const MAX_FALLBACKS = 2;
/** Microseconds between these slots. */
const FALLBACK_US = 25_000;

/**
 * Takes later slots of other free lanes. If the first slot of a call has passed when the store answers, the call uses
 * the next slot and needs no second reservation. Half of the node's lanes stay free.
 */
export function takeFallbacks(counts: SlotCounts, own: readonly Candidate[], fromUs: number): void {
  const free = own.filter((lane) => lane.nextUs <= fromUs && !counts.has(lane));
  const spared = Math.max(0, Math.min(MAX_FALLBACKS, free.length - Math.ceil(own.length / 2)));
  free.slice(0, spared).forEach((lane, index) => {
    const delayUs = (index + 1) * FALLBACK_US;
    counts.take([{ ...lane, nextUs: fromUs + delayUs, delayUs }], 1);
  });
}
