/** The amounts of the cost tables in dollars: what `cost --json` prints. */
import { countOf, DESIGNS, RATES, type Design } from './designs.ts';
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

/** An amount by what it is for. The parts of Google's connector are not known; a rate may be too high for a design. */
export type AmountParts = { readonly design: string; readonly together: number | null } & Partial<Cost>;

const rounded = (dollars: number): number => Math.round(dollars * 100) / 100;

/** A month of each design, idle and at each rate, and of Google's connector. */
export function monthAmounts(): MonthAmount[] {
  return [0, ...RATES].flatMap((perSecond) => [
    ...DESIGNS.map((design) => ({ design: design.name, perSecond, dollars: dollarsOf(design, perSecond) })),
    { design: CONNECTOR_NAME, perSecond, dollars: rounded(connectorCost(perSecond)) },
  ]);
}

function dollarsOf(design: Design, perSecond: number): number | null {
  const isServed = perSecond === 0 || countOf(design, perSecond) !== undefined;
  return isServed ? rounded(total(monthlyCost(design, perSecond))) : null;
}

/** A million calls of each design without warm instances, at each rate that it serves. */
export function millionAmounts(): (AmountParts & { readonly perSecond: number })[] {
  return DESIGNS.filter(({ warm }) => warm === 0).flatMap((design) =>
    RATES.filter((perSecond) => countOf(design, perSecond) !== undefined).map((perSecond) => ({
      perSecond,
      ...costParts(design, monthlyCost(design, perSecond), (dollars) => perMillion(dollars, perSecond)),
    })),
  );
}

/** A month of this number of calls: of each design, and of Google's connector. */
export function callsAmounts(calls: number): AmountParts[] {
  const perSecond = calls / MONTH_S;
  return [
    ...DESIGNS.map((design) =>
      countOf(design, perSecond) === undefined
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
