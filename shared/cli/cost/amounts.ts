/** The amounts of the cost tables in dollars: what `cost --json` prints. */
import { limiterCountOf, DESIGNS, RATES, type Design } from './designs.ts';
import { connectorCost, MONTH_S, monthlyCost, perMillion, total, type Cost } from './model.ts';

export const CONNECTOR_NAME = "Google's connector";

/** A month at one rate. */
export interface MonthAmount {
  readonly design: string;
  /** Calls a second; 0 is an idle month. */
  readonly perSecond: number;
  /** Null for a rate that the design does not serve. */
  readonly dollars: number | null;
}

/**
 * The cost of a design, in total (`together`) and by resource. The total is null if the rate is too high for the design.
 * Google's connector has a total only.
 */
export type AmountParts = { readonly design: string; readonly together: number | null } & Partial<Cost>;

const rounded = (dollars: number): number => Math.round(dollars * 100) / 100;

/** Returns the cost of a month, idle and at each rate, for each design and for Google's connector. */
export function monthAmounts(): MonthAmount[] {
  return [0, ...RATES].flatMap((perSecond) => [
    ...DESIGNS.map((design) => ({ design: design.name, perSecond, dollars: dollarsOf(design, perSecond) })),
    { design: CONNECTOR_NAME, perSecond, dollars: rounded(connectorCost(perSecond)) },
  ]);
}

function dollarsOf(design: Design, perSecond: number): number | null {
  const isServed = perSecond === 0 || limiterCountOf(design, perSecond) !== undefined;
  return isServed ? rounded(total(monthlyCost(design, perSecond))) : null;
}

/** Returns the cost of a million calls for each design without warm instances, at each rate that the design serves. */
export function millionAmounts(): (AmountParts & { readonly perSecond: number })[] {
  return DESIGNS.filter(({ warm }) => warm === 0).flatMap((design) =>
    RATES.filter((perSecond) => limiterCountOf(design, perSecond) !== undefined).map((perSecond) => ({
      perSecond,
      ...costParts(design, monthlyCost(design, perSecond), (dollars) => perMillion(dollars, perSecond)),
    })),
  );
}

/** Returns the cost of a month with this number of calls, for each design and for Google's connector. */
export function callsAmounts(calls: number): AmountParts[] {
  const perSecond = calls / MONTH_S;
  return [
    ...DESIGNS.map((design) =>
      limiterCountOf(design, perSecond) === undefined
        ? { design: design.name, together: null }
        : costParts(design, monthlyCost(design, perSecond), (dollars) => dollars),
    ),
    { design: CONNECTOR_NAME, together: rounded(connectorCost(perSecond)) },
  ];
}

function costParts({ name }: Design, cost: Cost, amount: (dollars: number) => number): AmountParts {
  const { atWork, warm, requests, limiter, records, storage } = cost;
  return {
    design: name,
    atWork: rounded(amount(atWork)),
    warm: rounded(amount(warm)),
    requests: rounded(amount(requests)),
    limiter: rounded(amount(limiter)),
    records: rounded(amount(records)),
    storage: rounded(amount(storage)),
    together: rounded(amount(total(cost))),
  };
}
