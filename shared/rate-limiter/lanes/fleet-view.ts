import { slotInterval } from '../gcra.ts';
import type { Standing } from './assigned.ts';

/** The fleet as a queue sees it when it plans a reservation: the count of the nodes, the lanes, and the throttle. */
export interface FleetView extends Omit<Standing, 'nowUs'> {
  /** Microseconds that are added between two slots of a lane, because the store's time is uncertain (`gcra.ts`). */
  readonly blurUs: number;
  /** Factor of the interval between slots while Stripe slows the connection (`throttle.ts`). */
  readonly stretch: number;
}

/** True if the queue may use only some of the lanes, because it is the queue of an endpoint. */
export function isPart({ all, lanes }: FleetView): boolean {
  return lanes.size < all.size;
}

/** Microseconds between two slots of each lane. */
export function spacingUs({ lanes, blurUs, stretch }: FleetView): number {
  return stretch * slotInterval(lanes.rate) + blurUs;
}
