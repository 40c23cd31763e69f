import { OPEN_LIMITS } from '../../support/limits.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { CEILINGS, overCeilings } from './ceilings.ts';
import * as figures from './figures.ts';
import { nowUs, run, type Plan } from './fleet.ts';
import { sayStrict, type Figures } from './steady.ts';

const EIGHT: Plan = { name: 'eight', instances: 8, limits: OPEN_LIMITS };
const NODE_SHARE = 6;

/** One of eight is killed: the others' rate per second before and after. */
const kill: Figures = async (stage, say) => {
  const result = await run(stage, {
    ...EIGHT,
    measureMs: 16_000,
    async drill({ children, mark }) {
      await pause(4000);
      children[7]?.kill('SIGKILL');
      mark('killed');
    },
  });
  sayStrict(say, 'kill', result);
  const times = result.reports.flatMap(({ released }) => released.flat());
  const killedUs = result.marks['killed'] ?? 0;
  const before = figures.within(times, killedUs - 4e6, killedUs) / 4;
  const after = figures.perSecond(times, killedUs, 10);
  console.log(`  kill: the seven others, a second each: ${before.toFixed(1)} before, then ${after.join(' ')}`);
  const dip = before - Math.min(...after);
  say("kill: deepest dip of the others' rate in a second", dip, `<= ${NODE_SHARE}`, dip <= NODE_SHARE);
};

const OUTAGE_MS = 5000;

/** Firestore is unavailable for five seconds: it hangs, or it rejects every connection. */
function outage(name: string, begin: string, end: string): Figures {
  return async (stage, say) => {
    const result = await run(stage, {
      ...EIGHT,
      measureMs: 16_000,
      async drill({ proxy, mark }) {
        await pause(3000);
        await proxy.ask(begin);
        mark('gone');
        await pause(OUTAGE_MS);
        mark('back');
        await proxy.ask(end);
      },
    });
    sayStrict(say, name, result);
    const times = result.released.flat();
    const [goneUs, backUs] = [result.marks['gone'] ?? 0, result.marks['back'] ?? 0];
    // What was on its way when the proxy stopped may still have arrived.
    const inHand = figures.reservedBy(result, goneUs + 30_000) - figures.within(times, 0, goneUs);
    const granted = figures.within(times, goneUs, backUs);
    console.log(`  ${name}: a second each from its begin: ${figures.perSecond(times, goneUs, 12).join(' ')}`);
    say(`${name}: grants beyond the ${inHand} reserved ones`, Math.max(0, granted - inHand), '0', granted <= inHand);
    const storm =
      Math.max(...result.reports.map(({ asked }) => figures.questions(asked, goneUs, backUs))) / (OUTAGE_MS / 1000);
    say(`${name}: calls a second of an instance while it lasts`, storm, '<= 3', storm <= 3);
    const full = 0.93 * 6 * 8;
    let delayMs = 0;
    while (delayMs < 5000 && figures.within(times, backUs + delayMs * 1000, backUs + delayMs * 1000 + 1e6) < full)
      delayMs += 10;
    say(`${name}: milliseconds until the full rate is back`, delayMs, '<= 1000', delayMs <= 1000);
  };
}

/** Ten times as slow for five seconds: 160 ms to Firestore and back. No bar but the guarantee. */
const slow: Figures = async (stage, say) => {
  const result = await run(stage, {
    ...EIGHT,
    measureMs: 14_000,
    async drill({ proxy, mark }) {
      await pause(3000);
      await proxy.ask('slow');
      mark('slow');
      await pause(OUTAGE_MS);
      await proxy.ask('flow');
    },
  });
  sayStrict(say, 'a slow Firestore', result);
  const seconds = figures.perSecond(result.released.flat(), result.marks['slow'] ?? 0, 10).join(' ');
  console.log(`  a slow Firestore: a second each from its begin: ${seconds}`);
};

const skew: Figures = async (stage, say) => {
  const skewed: Plan = {
    ...EIGHT,
    skewMs: (index) => (index % 2 === 0 ? 30_000 : -30_000),
    async drill({ children }) {
      await pause(3000);
      children.forEach((child, index) => child.send({ jumpMs: index % 3 === 0 ? 45_000 : -45_000 }));
    },
  };
  const result = await run(stage, skewed);
  sayStrict(say, 'wall clocks off by 30 s and jumping', result);
  const used = figures.utilisation(result);
  say('wall clocks off: utilisation', used, '>= 0.93', used >= 0.93);
  const fair = figures.fairness(result);
  say('wall clocks off: most over least served', fair, '<= 1.5', fair <= 1.5);
  const planted = await run(stage, { ...skewed, how: 'local-clock' });
  const { over } = figures.worstWindow(planted);
  const usedPlanted = figures.utilisation(planted);
  const fairPlanted = figures.fairness(planted);
  const caught = over > 0 || usedPlanted < 0.93 || fairPlanted > 1.5;
  const how = `over ${over}, utilisation ${usedPlanted.toFixed(2)}, most over least served ${Math.min(fairPlanted, 999).toFixed(1)}`;
  say(`planted local clock: misses (${how})`, caught ? 'missed' : 'unseen', 'missed', caught);
};

const freeze: Figures = async (stage, say) => {
  const result = await run(stage, {
    ...EIGHT,
    measureMs: 14_000,
    async drill({ children }) {
      await pause(2000);
      children[3]?.kill('SIGSTOP');
      await pause(5000);
      children[3]?.kill('SIGCONT');
    },
  });
  sayStrict(say, 'SIGSTOP 5 s', result);
  console.log(`  SIGSTOP: a second each: ${figures.perSecond(result.released.flat(), result.fromUs, 14).join(' ')}`);
};

/** Fifty start in the same instant. */
const cold: Figures = async (stage, say) => {
  const begun = nowUs();
  const result = await run(stage, { ...EIGHT, instances: 50, warmUpMs: 0, measureMs: 8000 });
  sayStrict(say, '50 cold starts at once', result);
  const failed = JSON.stringify(figures.failures(result));
  const seconds = figures.perSecond(result.released.flat(), result.marks['go'] ?? begun, 8).join(' ');
  console.log(`  50 cold starts: a second each: ${seconds}, failed questions ${failed}`);
};

/** Five endpoints with Stripe's default ceilings, while instances are killed and paused. */
const ceilings: Figures = async (stage, say) => {
  const result = await run(stage, CEILINGS);
  sayStrict(say, 'ceilings', result);
  const over = overCeilings(result);
  say('ceilings: releases over the ceiling of an endpoint in any second', over, '0', over === 0);
  const killedUs = result.marks['killed'] ?? 0;
  for (const [key, times] of result.releasedOf) {
    const rate = figures.within(times, result.fromUs, killedUs) / ((killedUs - result.fromUs) / 1e6);
    console.log(`  ceilings: ${key}: ${rate.toFixed(1)} a second before the kill, ${figures.mostIn(times)} at most`);
  }
};

export const drills: Readonly<Record<string, Figures>> = {
  kill,
  hang: outage('Firestore hangs 5 s', 'hang', 'flow'),
  refuse: outage('Firestore refuses 5 s', 'refuse', 'accept'),
  slow,
  skew,
  freeze,
  cold,
  ceilings,
};
