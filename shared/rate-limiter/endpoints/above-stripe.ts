import { ACCOUNT_LIMITS, type Limits } from '../capacity.ts';

/**
 * Requests a second that Stripe allows by default. Stripe can raise them for an account.
 * https://docs.stripe.com/rate-limits
 */
const STRIPE_CEILINGS = { endpoint_ceiling: 25, search_ceiling: 20, files_ceiling: 20 } as const;

/** A setting that allows more than Stripe does by default. */
export interface HighCeiling {
  readonly setting: string;
  readonly value: number;
  readonly stripe: number;
}

/** Returns the settings above Stripe's default ceilings. They apply nevertheless, because Stripe raises ceilings on request. */
export function highCeilings(limits: Limits, mode: keyof typeof ACCOUNT_LIMITS): HighCeiling[] {
  const { accountCeiling, endpointCeiling, searchCeiling, filesCeiling } = limits;
  const values = [
    { setting: 'account_ceiling', value: accountCeiling, stripe: ACCOUNT_LIMITS[mode] },
    { setting: 'endpoint_ceiling', value: endpointCeiling, stripe: STRIPE_CEILINGS.endpoint_ceiling },
    { setting: 'search_ceiling', value: searchCeiling, stripe: STRIPE_CEILINGS.search_ceiling },
    { setting: 'files_ceiling', value: filesCeiling, stripe: STRIPE_CEILINGS.files_ceiling },
  ];
  return values.filter(({ value, stripe }) => value > stripe);
}
