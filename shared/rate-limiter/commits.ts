import type { FleetView } from './lanes/selector.ts';
import type { SlotRequest } from './store.ts';
import type { Brake } from './throttle.ts';
import type { Settled } from './wait-queue.ts';

/** What the store is to be asked next. At most one commit and one look are out at a time. */
export type Commit = { readonly ask: 'join' } | ({ readonly ask: 'slow'; readonly shards: number } & Brake) | Reserve;

export interface Reserve {
  readonly ask: 'reserve';
  readonly requests: readonly SlotRequest[];
  readonly notBeforeUs: number;
  readonly renew: boolean;
  readonly view: FleetView;
  /** When slots of lanes beyond the floor are no longer of use: the view that allows them is too old then. */
  readonly lastUseUs: number;
}

export interface Look {
  readonly sinceUs: number;
}

export interface Step<C> {
  readonly settled: readonly Settled<C>[];
  readonly commit: Commit | undefined;
  readonly look: Look | undefined;
  /** When to step again if nothing else happens; monotonic milliseconds. */
  readonly wakeMs: number | undefined;
}

/** Milliseconds between a question that had no answer and the next: with looks at most three a second an instance. */
export const COMMIT_PAUSE_MS = 400;
export const LOOK_PAUSE_MS = 4000;
