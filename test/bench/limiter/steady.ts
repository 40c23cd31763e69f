import { OPEN_LIMITS } from '../../support/limits.ts';
import type { Limits } from '../../../shared/rate-limiter/capacity.ts';
import type { Say } from './bench.ts';
import * as figures from './figures.ts';
import { run, type Plan, type Result, type Stage } from './fleet.ts';

export type Figures = (stage: Stage, say: Say) => Promise<void>;

/** What holds in every run: no window over the capacity, and no conflict. */
export function sayStrict(say: Say, what: string, result: Result): void {
  const { over, most } = figures.worstWindow(result);
  say(`${what}: over-grant in any second (most released ${most})`, over, '0', over === 0);
  console.log(`  ${what}: most that arrived in any second: ${figures.mostIn(result.arrived.map(({ atUs }) => atUs))}`);
  const aborts = figures.failures(result)['10'] ?? 0;
  say(`${what}: aborts and conflicts`, aborts, '0', aborts === 0);
}

function saturated(instances: number, utilisation: number): Figures {
  return async (stage, say) => {
    const plan: Plan = {
      name: `${instances}`,
      instances,
      limits: OPEN_LIMITS,
      warmUpMs: instances > 10 ? 15_000 : 6000,
    };
    const result = await run(stage, plan);
    const what = `${instances} instance${instances > 1 ? 's' : ''}`;
    sayStrict(say, what, result);
    const used = figures.utilisation(result);
    say(`${what}: utilisation`, used, `>= ${utilisation}`, used >= utilisation);
    const perGrant = figures.callsPerGrant(result);
    say(`${what}: Firestore calls per grant`, perGrant, '<= 0.3', perGrant <= 0.3);
    const busiest = figures.busiestShard(result);
    say(`${what}: commits a second on the busiest shard`, busiest, '<= 2', busiest <= 2);
    const fair = figures.fairness(result);
    say(`${what}: most over least served`, fair, '<= 1.5', fair <= 1.5);
    const failed = JSON.stringify(figures.failures(result));
    console.log(
      `  ${what}: p50 wait ${figures.median(result.reports.flatMap((one) => one.waitedMs)).toFixed(0)} ms, failed questions ${failed}, timers late by ${figures.lateMs(result).toFixed(0)} ms (p99 of the worst process)`,
    );
  };
}

/** A ceiling that no window may pass, whatever the nodes. */
function capped(what: string, instances: number, limits: Partial<Limits>, most: number): Figures {
  return async (stage, say) => {
    const result = await run(stage, { name: what, instances, limits: { ...OPEN_LIMITS, ...limits }, warmUpMs: 4000 });
    const { over, most: released } = figures.worstWindow(result);
    say(
      `${what}, ${instances} instances: most released in any second`,
      released,
      `<= ${most}`,
      released <= most && over === 0,
    );
    console.log(
      `  utilisation ${figures.utilisation(result).toFixed(3)}, calls per grant ${figures.callsPerGrant(result).toFixed(3)}`,
    );
  };
}

/**
 * As with a concurrency of 1: the next caller of an instance comes when the last is through. A node knows such a stream
 * after six rounds of its lanes, 6.3 s, and reserves for callers to come from then on.
 */
const single: Figures = async (stage, say) => {
  const plan: Plan = { name: 'single', instances: 8, limits: OPEN_LIMITS, load: { callers: 1 }, warmUpMs: 14_000 };
  const result = await run(stage, plan);
  const what = '8 instances, one caller at a time';
  sayStrict(say, what, result);
  const used = figures.utilisation(result);
  say(`${what}: utilisation`, used, '>= 0.93', used >= 0.93);
  const perGrant = figures.callsPerGrant(result);
  say(`${what}: Firestore calls per grant`, perGrant, '<= 0.3', perGrant <= 0.3);
  const busiest = figures.busiestShard(result);
  say(`${what}: commits a second on the busiest shard`, busiest, '<= 2', busiest <= 2);
};

const idle: Figures = async (stage, say) => {
  for (const instances of [2, 8]) {
    const perSecond = (0.1 * 6 * instances) / instances;
    const result = await run(stage, {
      name: 'idle',
      instances,
      limits: OPEN_LIMITS,
      load: { perSecond },
      warmUpMs: 5000,
      measureMs: 25_000,
    });
    const commits = result.reports
      .flatMap(({ asked }) => asked)
      .filter(({ kind, atUs }) => kind === 'reserve' && atUs > result.fromUs);
    const trip = figures.median(commits.map(({ tookUs }) => tookUs / 1000));
    const wait = figures.median(result.reports.flatMap(({ waitedMs }) => waitedMs));
    console.log(
      `  10 % load, ${instances} instances: p50 to acquire ${wait.toFixed(1)} ms, one commit ${trip.toFixed(1)} ms`,
    );
    say(`10 % load, ${instances} instances: p50 to acquire over one commit`, wait / trip, '<= 1.5', wait / trip <= 1.5);
  }
};

/** The same with one transaction a request on one document, in the same run. Figures without a bar. */
const naive: Figures = async (stage) => {
  for (const instances of [1, 2, 8, 50]) {
    const result = await run(stage, {
      name: 'naive',
      instances,
      limits: { ...OPEN_LIMITS, minNodes: instances },
      how: 'naive',
      warmUpMs: 4000,
      measureMs: 8000,
    });
    const seconds = (result.toUs - result.fromUs) / 1e6;
    const rate = figures.within(result.released.flat(), result.fromUs, result.toUs) / seconds;
    const limit = 6 * Math.max(2, instances);
    const { most } = figures.worstWindow(result);
    console.log(
      `  naive, ${instances} instances: ${rate.toFixed(1)} a second of ${limit} (${((100 * rate) / limit).toFixed(0)} %), most in any second ${most}, ${figures.callsPerGrant(result).toFixed(1)} transactions started per grant`,
    );
  }
};

export const steady: Readonly<Record<string, Figures>> = {
  'saturated-1': saturated(1, 0.93),
  'saturated-2': saturated(2, 0.93),
  'saturated-8': saturated(8, 0.93),
  'saturated-50': saturated(50, 0.91),
  'connection-1': capped('limit_scope connection', 1, { limitScope: 'connection' }, 6),
  'connection-8': capped('limit_scope connection', 8, { limitScope: 'connection' }, 6),
  'connection-50': capped('limit_scope connection', 50, { limitScope: 'connection' }, 6),
  'account-25': capped('account_ceiling 25', 50, { accountCeiling: 25 }, 25),
  'account-100': capped('account_ceiling 100', 50, { accountCeiling: 100 }, 100),
  'account-25-of-8': capped('account_ceiling 25', 8, { accountCeiling: 25 }, 25),
  single,
  idle,
  naive,
};
