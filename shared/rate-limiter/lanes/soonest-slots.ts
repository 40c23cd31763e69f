/** A group of equal lanes: their next free slot, the microseconds between two slots, and the number of the lanes. */
export interface LaneTimes {
  readonly nextUs: number;
  readonly spacingUs: number;
  readonly lanes: number;
}

/** Returns the number of slots of these lanes until a time. */
export function slotsUntil(lanes: readonly LaneTimes[], atUs: number): number {
  return lanes.reduce(
    (sum, { nextUs, spacingUs, lanes: count }) =>
      sum + (atUs < nextUs ? 0 : count * (Math.floor((atUs - nextUs) / spacingUs) + 1)),
    0,
  );
}

/** Returns a function that gives the time, in microseconds, of the n-th soonest slot of these lanes. n starts at 1. */
export function soonestSlots(lanes: readonly LaneTimes[]): (n: number) => number {
  const firstUs = lanes.reduce((min, { nextUs }) => Math.min(min, nextUs), Infinity);
  const lastUs = lanes.reduce((max, { nextUs }) => Math.max(max, nextUs), -Infinity);
  const longestUs = lanes.reduce((max, { spacingUs }) => Math.max(max, spacingUs), 0);
  return (n) => {
    if (lanes.length === 0) return Infinity;
    if (n <= 1) return firstUs;
    let [lowUs, highUs] = [firstUs, lastUs + Math.ceil(n / lanes.length) * longestUs];
    while (lowUs < highUs) {
      const middleUs = Math.floor((lowUs + highUs) / 2);
      if (slotsUntil(lanes, middleUs) >= n) highUs = middleUs;
      else lowUs = middleUs + 1;
    }
    return highUs;
  };
}
