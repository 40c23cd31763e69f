/** What a connection costs in a month of 730 hours, from list prices and the limiter's counted Firestore operations. */
import { PER_NODE } from '../../rate-limiter/capacity.ts';
import { limiterCountOf, TARGET_CONCURRENCY, type Design } from './designs.ts';
import { PRICES } from './prices.ts';

export const MONTH_HOURS = 730;
export const MONTH_S = MONTH_HOURS * 3600;
/** Seconds until Stripe responds to a write. The tables assume this value. */
const CALL_S = 0.6;
/** Bytes of an operation's record for each value of `operation_record`. The tables assume these values. */
export const RECORD_BYTES = { object: 2048, id: 512 } as const;
/** An operation writes its record when it starts and when it ends. The TTL policy deletes the record later. */
const RECORD_WRITES = 2;

/** Dollars a month for each billed resource. */
export interface Cost {
  readonly atWork: number;
  readonly warm: number;
  readonly requests: number;
  readonly limiter: number;
  readonly records: number;
  readonly storage: number;
}

/**
 * Returns the cost of a month with `perSecond` calls a second, each a write under an operation id. 0 is an idle month.
 *
 * @throws Error for a rate that `limiterCountOf` does not have
 */
export function monthlyCost(design: Design, perSecond: number): Cost {
  const calls = perSecond * MONTH_S;
  const count = limiterCountOf(design, perSecond);
  if (count === undefined && perSecond > 0) throw new Error(`${design.name} does not serve ${perSecond} a second`);
  const busy = count === undefined ? 0 : busyInstances(design, perSecond / design.busyServices, CALL_S + count.waitS);
  // A warm instance that processes calls is billed as an instance at work, not as a warm one.
  const idleWarm = design.busyServices * Math.max(0, design.warm - busy) + design.otherServices * design.warm;
  return {
    atWork:
      design.busyServices * busy * MONTH_S * (design.cpu * PRICES.vcpu.dollars + design.gib * PRICES.memory.dollars),
    warm: idleWarm * MONTH_S * (design.cpu * PRICES.warmVcpu.dollars + design.gib * PRICES.memory.dollars),
    requests: (calls / 1e6) * PRICES.request.dollars,
    limiter: (calls / 1e5) * ((count?.writes ?? 0) * PRICES.write.dollars + (count?.reads ?? 0) * PRICES.read.dollars),
    records: (calls / 1e5) * (RECORD_WRITES * PRICES.write.dollars + PRICES.delete.dollars),
    storage: (calls / 1e6) * storageOfMillion('object', design.retentionDays),
  };
}

/**
 * Returns the average number of instances of a service that process calls. Calls arrive at random, and an instance is
 * billed while it has a call.
 */
function busyInstances({ concurrency }: Design, perSecond: number, callS: number): number {
  const inFlight = perSecond * callS;
  return Math.max(1 - Math.exp(-inFlight), inFlight / Math.max(1, TARGET_CONCURRENCY * concurrency));
}

/** Returns the dollars for storing the records of a million operations, each for this number of days. */
export function storageOfMillion(record: keyof typeof RECORD_BYTES, days: number): number {
  return ((1e6 * RECORD_BYTES[record]) / 2 ** 30) * PRICES.storage.dollars * ((days * 24) / MONTH_HOURS);
}

export function total(cost: Cost): number {
  return Object.values<number>({ ...cost }).reduce((sum, dollars) => sum + dollars, 0);
}

/**
 * Converts the cost of a month at `perSecond` calls a second to the cost of a million calls. The rate must not be 0.
 */
export function perMillion(dollars: number, perSecond: number): number {
  return dollars / ((perSecond * MONTH_S) / 1e6);
}

/** Returns the monthly cost of Google's connector: it keeps at least two nodes, and a node serves 6 calls a second. */
export function connectorCost(perSecond: number): number {
  return Math.max(2, Math.ceil(perSecond / PER_NODE)) * MONTH_HOURS * PRICES.connectorNode.dollars;
}
