import type { FleetView } from './lanes/selector.ts';
import type { SlotRequest } from './store.ts';
import type { Brake } from './throttle.ts';

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
