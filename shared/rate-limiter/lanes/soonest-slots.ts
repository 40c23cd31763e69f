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
export function soonestSlots(lanes: readonly LaneTimes[]): (place: number) => number {
  const firstUs = lanes.reduce((least, { nextUs }) => Math.min(least, nextUs), Infinity);
  const lastUs = lanes.reduce((most, { nextUs }) => Math.max(most, nextUs), -Infinity);
  const longestUs = lanes.reduce((most, { spacingUs }) => Math.max(most, spacingUs), 0);
  return (place) => {
    if (lanes.length === 0) return Infinity;
    if (place <= 1) return firstUs;
    let [least, most] = [firstUs, lastUs + Math.ceil(place / lanes.length) * longestUs];
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if (slotsUntil(lanes, middle) >= place) most = middle;
      else least = middle + 1;
    }
    return most;
  };
}
