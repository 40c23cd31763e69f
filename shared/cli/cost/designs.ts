/** The ways to deploy that the cost tables compare, and the Firestore operations of the limiter in each. */

/** Cloud Run adds an instance when calls use this share of the concurrency. https://docs.cloud.google.com/run/docs/about-instance-autoscaling */
export const TARGET_CONCURRENCY = 0.6;

/** One way to deploy the same functions. */
export interface Design {
  readonly name: string;
  /** Services that share the calls evenly. */
  readonly busyServices: number;
  /** Services that are deployed and get no calls. */
  readonly otherServices: number;
  /** Warm instances of each service. */
  readonly warm: number;
  /** The module's `cpu` and `concurrency`, and the memory that follows from them. */
  readonly cpu: number;
  readonly gib: number;
  readonly concurrency: number;
  /** `operation_retention_days`. */
  readonly retentionDays: number;
}

/** The size of an instance in functions/manifest.json, and the default of `operation_retention_days`. */
const MANIFEST_SIZE = { warm: 0, cpu: 1, gib: 0.25, concurrency: 20, retentionDays: 30 };
const FUNCTION_EACH = { ...MANIFEST_SIZE, busyServices: 3, otherServices: 12 };
const ONE_SERVICE = { ...MANIFEST_SIZE, busyServices: 1, otherServices: 0 };

export const DESIGNS: readonly Design[] = [
  { ...FUNCTION_EACH, name: 'a function each, nothing warm' },
  { ...FUNCTION_EACH, name: 'a function each, one instance of each warm', warm: 1 },
  { ...ONE_SERVICE, name: 'one service, nothing warm' },
  { ...ONE_SERVICE, name: 'one service, one instance warm', warm: 1 },
  { ...ONE_SERVICE, name: 'one service, half a vCPU', cpu: 0.5, concurrency: 1 },
  {
    ...ONE_SERVICE,
    name: 'one service, 80 calls at a time, records for 7 days',
    gib: 0.5,
    concurrency: 80,
    retentionDays: 7,
  },
];

/** The average use of the simulated limiter by one call. test/infra/cost.test.ts repeats the simulation. */
export interface LimiterCount {
  readonly perSecond: number;
  readonly busyServices: number;
  /** Values of `concurrency` for which the simulation needs this number of instances. */
  readonly concurrencies: readonly number[];
  readonly instances: number;
  /** The setting `min_nodes`, large enough that the limit permits the rate without additional instances. */
  readonly minNodes: number;
  /** Billed Firestore operations of the limiter. */
  readonly writes: number;
  readonly reads: number;
  /** Seconds that a call waits for the limiter. Cloud Run bills an instance while its calls wait. */
  readonly waitS: number;
}

export const LIMITER_COUNTS: readonly LimiterCount[] = [
  {
    perSecond: 1,
    busyServices: 3,
    concurrencies: [20],
    instances: 3,
    minNodes: 2,
    writes: 1.1,
    reads: 0.39,
    waitS: 0.02,
  },
  {
    perSecond: 1,
    busyServices: 1,
    concurrencies: [20, 80],
    instances: 1,
    minNodes: 2,
    writes: 0.61,
    reads: 0.14,
    waitS: 0.01,
  },
  {
    perSecond: 1,
    busyServices: 1,
    concurrencies: [1],
    instances: 4,
    minNodes: 2,
    writes: 1.23,
    reads: 0.5,
    waitS: 0.02,
  },
  {
    perSecond: 12,
    busyServices: 3,
    concurrencies: [20],
    instances: 3,
    minNodes: 3,
    writes: 0.58,
    reads: 0.04,
    waitS: 0.1,
  },
  {
    perSecond: 12,
    busyServices: 1,
    concurrencies: [20, 80],
    instances: 1,
    minNodes: 3,
    writes: 0.33,
    reads: 0.01,
    waitS: 0.03,
  },
  {
    perSecond: 12,
    busyServices: 1,
    concurrencies: [1],
    instances: 16,
    minNodes: 3,
    writes: 0.76,
    reads: 0.2,
    waitS: 0.01,
  },
  {
    perSecond: 100,
    busyServices: 3,
    concurrencies: [20],
    instances: 9,
    minNodes: 20,
    writes: 0.68,
    reads: 0.01,
    waitS: 0.19,
  },
  {
    perSecond: 100,
    busyServices: 1,
    concurrencies: [20],
    instances: 9,
    minNodes: 20,
    writes: 0.68,
    reads: 0.01,
    waitS: 0.19,
  },
  {
    perSecond: 100,
    busyServices: 1,
    concurrencies: [80],
    instances: 3,
    minNodes: 20,
    writes: 0.39,
    reads: 0.01,
    waitS: 0.05,
  },
];

export const RATES: readonly number[] = [...new Set(LIMITER_COUNTS.map(({ perSecond }) => perSecond))];

/**
 * Returns the count of a design at the simulated rate that is nearest to `perSecond`. Undefined for 0, and for a rate
 * above the highest one that was simulated for the design.
 */
export function limiterCountOf(design: Design, perSecond: number): LimiterCount | undefined {
  const counted = LIMITER_COUNTS.filter(
    (row) => row.busyServices === design.busyServices && row.concurrencies.includes(design.concurrency),
  );
  const distance = (row: LimiterCount): number => Math.abs(Math.log(row.perSecond / perSecond));
  const [nearest] = counted.toSorted((a, b) => distance(a) - distance(b));
  const highest = Math.max(...counted.map((row) => row.perSecond));
  return perSecond > 0 && perSecond <= highest ? nearest : undefined;
}
