import { capacity } from '../../../shared/rate-limiter/capacity.ts';
import { LIFE_US } from '../../../shared/rate-limiter/membership.ts';
import type { Result } from './fleet.ts';
import type { Asked } from './instances.ts';

const SECOND_US = 1_000_000;

export interface Windows {
  /** Releases over the capacity of the worst window of one second; 0 where it held in all. */
  readonly over: number;
  readonly most: number;
}

/** Every window of one second that begins with an event: where it ends, and how many it holds. */
function* windows(times: readonly number[]): Generator<{ readonly endUs: number; readonly held: number }> {
  const sorted = [...times].sort((a, b) => a - b);
  let end = 0;
  for (const [index, startUs] of sorted.entries()) {
    while (end < sorted.length && (sorted[end] as number) < startUs + SECOND_US) end += 1;
    yield { endUs: startUs + SECOND_US, held: end - index };
  }
}

/** Over the whole run, cold start and warm-up included. */
export function worstWindow({ released, reports, plan }: Result): Windows {
  const looks = reports.flatMap(({ looks: seen }) => seen);
  let over = 0;
  let most = 0;
  for (const { endUs, held } of windows(released.flat())) {
    const live = looks
      .filter(({ atUs }) => atUs <= endUs && atUs >= endUs - LIFE_US)
      .reduce((largest, one) => Math.max(largest, one.live), 0);
    over = Math.max(over, held - capacity(live, plan.limits).perSecond);
    most = Math.max(most, held);
  }
  return { over, most };
}

export function mostIn(times: readonly number[]): number {
  return Math.max(0, ...[...windows(times)].map(({ held }) => held));
}

export function within(times: readonly number[], fromUs: number, toUs: number): number {
  return times.reduce((sum, atUs) => sum + (atUs >= fromUs && atUs < toUs ? 1 : 0), 0);
}

/** Share of the capacity that was released while it was measured. */
export function utilisation({ released, plan, fromUs, toUs }: Result, nodes = plan.instances): number {
  const { perSecond } = capacity(nodes, plan.limits);
  return within(released.flat(), fromUs, toUs) / ((perSecond * (toUs - fromUs)) / SECOND_US);
}

/** Most over least served instance. */
export function fairness({ released, fromUs, toUs }: Result): number {
  const served = released.map((times) => within(times, fromUs, toUs));
  return Math.max(...served) / Math.max(1e-9, Math.min(...served));
}

/** Questions that were asked in a time; a count is two. */
export function questions(asked: readonly Asked[], fromUs: number, toUs: number): number {
  return asked
    .filter(({ atUs }) => atUs >= fromUs && atUs < toUs)
    .reduce((sum, { kind }) => sum + (kind === 'count' ? 2 : 1), 0);
}

export function callsPerGrant(result: Result): number {
  const { reports, fromUs, toUs } = result;
  const all = reports.reduce((sum, { asked }) => sum + questions(asked, fromUs, toUs), 0);
  return all / Math.max(1, within(result.released.flat(), result.fromUs, result.toUs));
}

/** Commits a second on the shard document that had most of them. */
export function busiestShard({ reports, fromUs, toUs }: Result): number {
  const commits = new Map<number, number>();
  for (const { atUs, shards } of reports.flatMap(({ asked }) => asked)) {
    if (atUs < fromUs || atUs >= toUs) continue;
    for (const shard of shards) commits.set(shard, (commits.get(shard) ?? 0) + 1);
  }
  return Math.max(0, ...commits.values()) / ((toUs - fromUs) / SECOND_US);
}

/** Questions that failed, by Firestore's code, over the whole run. */
export function failures({ reports }: Result): Readonly<Record<string, number>> {
  const by: Record<string, number> = {};
  for (const { failed } of reports.flatMap(({ asked }) => asked))
    if (failed !== undefined) by[failed] = (by[failed] ?? 0) + 1;
  return by;
}

/** How late the most disturbed process came to its timers. Above some 25 ms slots are lost to the machine. */
export function lateMs({ reports }: Result): number {
  return Math.max(0, ...reports.map((report) => report.lateMs));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Releases of each whole second from `fromUs` on. */
export function perSecond(times: readonly number[], fromUs: number, seconds: number): number[] {
  return Array.from({ length: seconds }, (_, second) =>
    within(times, fromUs + second * SECOND_US, fromUs + (second + 1) * SECOND_US),
  );
}

/** Slots whose reservation was answered by then. */
export function reservedBy(result: Result, atUs: number): number {
  return result.reports
    .flatMap(({ asked }) => asked)
    .filter((one) => one.failed === undefined && one.atUs + one.tookUs <= atUs)
    .reduce((sum, { slots }) => sum + slots, 0);
}
