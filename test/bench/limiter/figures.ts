import { capacity } from '../../../shared/limiter/capacity.ts';
import { LIFE_US } from '../../../shared/limiter/membership.ts';
import type { Result } from './fleet.ts';
import type { Asked } from './instances.ts';

const SECOND_US = 1_000_000;

export interface Windows {
  /** Releases over the capacity of the worst window of one second; 0 where it held in all. */
  readonly over: number;
  readonly most: number;
}

/** Every window of one second that begins with a release, over the whole run, cold start and warm-up included. */
export function worstWindow({ released, reports, plan }: Result, times = released.flat()): Windows {
  const sorted = [...times].sort((a, b) => a - b);
  const looks = reports.flatMap(({ looks: seen }) => seen).sort((a, b) => a.atUs - b.atUs);
  let over = 0;
  let most = 0;
  let end = 0;
  sorted.forEach((startUs, index) => {
    while (end < sorted.length && (sorted[end] as number) < startUs + SECOND_US) end += 1;
    const endUs = startUs + SECOND_US;
    const live = looks
      .filter(({ atUs }) => atUs <= endUs && atUs >= endUs - LIFE_US)
      .reduce((largest, one) => Math.max(largest, one.live), 0);
    over = Math.max(over, end - index - capacity(live, plan.limits).perSecond);
    most = Math.max(most, end - index);
  });
  return { over, most };
}

export function mostIn(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let end = 0;
  sorted.forEach((startUs, index) => {
    while (end < sorted.length && (sorted[end] as number) < startUs + SECOND_US) end += 1;
    most = Math.max(most, end - index);
  });
  return most;
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

/** Questions that were asked in a time; a look is two. */
export function questions(asked: readonly Asked[], fromUs: number, toUs: number): number {
  return asked
    .filter(({ atUs }) => atUs >= fromUs && atUs < toUs)
    .reduce((sum, { kind }) => sum + (kind === 'look' ? 2 : 1), 0);
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
