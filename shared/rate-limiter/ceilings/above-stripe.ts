import type { Limits } from '../capacity.ts';

/** Requests a second that Stripe allows unless it raised them for the account. https://docs.stripe.com/rate-limits */
const STRIPE_CEILINGS = { endpoint_ceiling: 25, search_ceiling: 20, files_ceiling: 20 } as const;
const STRIPE_ACCOUNT = { live: 100, test: 25 } as const;

/** A setting that allows more than Stripe does by default. */
export interface HighCeiling {
  readonly setting: string;
  readonly value: number;
  readonly stripe: number;
}

/** Stripe's ceiling of an account for this kind of key. */
export function accountCeilingOf(mode: keyof typeof STRIPE_ACCOUNT): number {
  return STRIPE_ACCOUNT[mode];
}

/** Returns the settings above Stripe's ceilings. They are taken: Stripe raises ceilings on request. */
export function highCeilings(limits: Limits, mode: keyof typeof STRIPE_ACCOUNT): HighCeiling[] {
  const { accountCeiling, endpointCeiling, searchCeiling = 0, filesCeiling = 0 } = limits;
  const values = [
    { setting: 'account_ceiling', value: accountCeiling, stripe: STRIPE_ACCOUNT[mode] },
    { setting: 'endpoint_ceiling', value: endpointCeiling, stripe: STRIPE_CEILINGS.endpoint_ceiling },
    { setting: 'search_ceiling', value: searchCeiling, stripe: STRIPE_CEILINGS.search_ceiling },
    { setting: 'files_ceiling', value: filesCeiling, stripe: STRIPE_CEILINGS.files_ceiling },
  ];
  return values.filter(({ value, stripe }) => value > stripe);
}
