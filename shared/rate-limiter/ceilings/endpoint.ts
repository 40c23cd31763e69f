import { laneRate, type Limits } from '../capacity.ts';
import { SECOND_US } from '../../ports/time-units.ts';

/** Stripe's kinds of ceilings apart from the account's. https://docs.stripe.com/rate-limits */
export type CeilingKind = 'endpoint' | 'search' | 'files';

/** What a request counts against in addition to the account. Requests with equal keys share one ceiling. */
export interface Endpoint {
  readonly kind: CeilingKind;
  /** `POST.v1.payment_intents.:id.confirm`: part of a document's name in the store, so without slashes. */
  readonly key: string;
}

/** Requests a second that Stripe allows for one endpoint of this kind. A fraction above 1 is cut off. */
export function ceilingOf(kind: CeilingKind, { endpointCeiling, searchCeiling, filesCeiling }: Limits): number {
  const perKind = { endpoint: endpointCeiling, search: searchCeiling, files: filesCeiling }[kind] ?? endpointCeiling;
  return perKind < 1 ? perKind : Math.floor(perKind);
}

/** Minimum microseconds between two releases of one lane of an endpoint. */
export function periodUs(lane: number, perSecond: number): number {
  return Math.ceil(SECOND_US / laneRate(lane, perSecond));
}
