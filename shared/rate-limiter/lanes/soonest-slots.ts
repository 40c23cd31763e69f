/** Equal lanes: their next free slot, the microseconds from one slot to the next, and how many lanes they are. */
interface LaneTimes {
  readonly nextUs: number;
  readonly spacingUs: number;
  readonly lanes: number;
}

/** When the slots of all these lanes come, each by its place (1: the first). Whole microseconds. */
export function soonestSlots(lanes: readonly LaneTimes[]): (place: number) => number {
  const firstUs = lanes.reduce((least, { nextUs }) => Math.min(least, nextUs), Infinity);
  const lastUs = lanes.reduce((most, { nextUs }) => Math.max(most, nextUs), -Infinity);
  const longestUs = lanes.reduce((most, { spacingUs }) => Math.max(most, spacingUs), 0);
  const heldBy = (atUs: number): number =>
    lanes.reduce(
      (sum, { nextUs, spacingUs, lanes: equal }) =>
        sum + (atUs < nextUs ? 0 : equal * (Math.floor((atUs - nextUs) / spacingUs) + 1)),
      0,
    );
  return (place) => {
    if (lanes.length === 0) return Infinity;
    if (place <= 1) return firstUs;
    let [least, most] = [firstUs, lastUs + Math.ceil(place / lanes.length) * longestUs];
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if (heldBy(middle) >= place) most = middle;
      else least = middle + 1;
    }
    return most;
  };
}
