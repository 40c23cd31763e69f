/** What a connection costs in a month of 730 hours, from list prices and the limiter's counted Firestore operations. */
import { PER_NODE } from '../../rate-limiter/capacity.ts';
import { PRICES } from './prices.ts';

export const MONTH_HOURS = 730;
const MONTH_S = MONTH_HOURS * 3600;
/** An instance of the manifest: one vCPU, 256 MiB. */
const GIB = 0.25;
/** Seconds of Stripe's response to a write: an assumption of the table. */
const CALL_S = 0.6;
/** Calls that an instance works on before Cloud Run adds another: 60 % of its 20. */
const CALLS_PER_INSTANCE = 12;
/** Bytes of the record of an operation: an assumption of the table. */
const RECORD_BYTES = 2048;
/** Default of `operation_retention_days`. */
const RETENTION_DAYS = 30;
/** A write under an operation id is two writes of its record, and a delete by the TTL policy. */
const RECORD_WRITES = 2;

/** One way to deploy the same functions. */
export interface Design {
  readonly name: string;
  /** Services that share the calls evenly. */
  readonly busyServices: number;
  /** Services that are deployed and get no calls. */
  readonly otherServices: number;
  /** Warm instances of each service. */
  readonly warm: number;
}

export const DESIGNS: readonly Design[] = [
  { name: 'a function each, nothing warm', busyServices: 3, otherServices: 12, warm: 0 },
  { name: 'a function each, one instance of each warm', busyServices: 3, otherServices: 12, warm: 1 },
  { name: 'one service, nothing warm', busyServices: 1, otherServices: 0, warm: 0 },
  { name: 'one service, one instance warm', busyServices: 1, otherServices: 0, warm: 1 },
];

/** What the simulated limiter did for one call on average; test/infra/cost.test.ts counts it again. */
export interface LimiterCount {
  readonly perSecond: number;
  readonly busyServices: number;
  readonly instances: number;
  /** `min_nodes`: enough for the rate, so that no instance is started for its rate alone. */
  readonly minNodes: number;
  /** Billed Firestore operations of the limiter. */
  readonly writes: number;
  readonly reads: number;
  /** Seconds that a call waits for its turn. Cloud Run bills them as time at work. */
  readonly waitS: number;
}

export const COUNTS: readonly LimiterCount[] = [
  { perSecond: 1, busyServices: 3, instances: 3, minNodes: 2, writes: 1.18, reads: 0.4, waitS: 0.02 },
  { perSecond: 1, busyServices: 1, instances: 1, minNodes: 2, writes: 1.09, reads: 0.17, waitS: 0.02 },
  { perSecond: 12, busyServices: 3, instances: 3, minNodes: 3, writes: 1.16, reads: 0.05, waitS: 0.1 },
  { perSecond: 12, busyServices: 1, instances: 1, minNodes: 3, writes: 0.88, reads: 0.02, waitS: 0.05 },
  { perSecond: 100, busyServices: 3, instances: 9, minNodes: 20, writes: 0.83, reads: 0.02, waitS: 0.23 },
  { perSecond: 100, busyServices: 1, instances: 9, minNodes: 20, writes: 0.83, reads: 0.02, waitS: 0.23 },
];

export const RATES: readonly number[] = [...new Set(COUNTS.map(({ perSecond }) => perSecond))];

/** Dollars a month by what they are for. */
export interface Cost {
  readonly atWork: number;
  readonly warm: number;
  readonly requests: number;
  readonly limiter: number;
  readonly records: number;
  readonly storage: number;
}

/** `perSecond` calls, every one a write under an operation id, evenly over the month; 0 is an idle month. */
export function monthlyCost(design: Design, perSecond: number): Cost {
  const calls = perSecond * MONTH_S;
  const count = COUNTS.find((row) => row.perSecond === perSecond && row.busyServices === design.busyServices);
  const busy = count === undefined ? 0 : busyInstances(perSecond / design.busyServices, CALL_S + count.waitS);
  // A warm instance that works is billed as one at work.
  const idleWarm = design.busyServices * Math.max(0, design.warm - busy) + design.otherServices * design.warm;
  return {
    atWork: design.busyServices * busy * MONTH_S * (PRICES.vcpu.dollars + GIB * PRICES.memory.dollars),
    warm: idleWarm * MONTH_S * (PRICES.warmVcpu.dollars + GIB * PRICES.memory.dollars),
    requests: (calls / 1e6) * PRICES.request.dollars,
    limiter: (calls / 1e5) * ((count?.writes ?? 0) * PRICES.write.dollars + (count?.reads ?? 0) * PRICES.read.dollars),
    records: (calls / 1e5) * (RECORD_WRITES * PRICES.write.dollars + PRICES.delete.dollars),
    storage: storedGib(perSecond) * PRICES.storage.dollars,
  };
}

/** Instances of one service at work on average: calls come at random, and an instance is billed while it has one. */
function busyInstances(perSecond: number, callS: number): number {
  const inFlight = perSecond * callS;
  return Math.max(1 - Math.exp(-inFlight), inFlight / CALLS_PER_INSTANCE);
}

function storedGib(perSecond: number): number {
  return (perSecond * 86_400 * RETENTION_DAYS * RECORD_BYTES) / 2 ** 30;
}

export function total(cost: Cost): number {
  return Object.values<number>({ ...cost }).reduce((sum, dollars) => sum + dollars, 0);
}

/** Dollars of a million calls; nothing for an idle month. */
export function perMillion(dollars: number, perSecond: number): number {
  return dollars / ((perSecond * MONTH_S) / 1e6);
}

/** Google's connector keeps at least two nodes, and a node carries 6 calls a second. */
export function connectorCost(perSecond: number): number {
  return Math.max(2, Math.ceil(perSecond / PER_NODE)) * MONTH_HOURS * PRICES.connectorNode.dollars;
}
