/** The limiter with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const FLEET = 'test/simulation/fleet.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  "the instance's clock instead of the store's": {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'this.time.learn(askedMs * MS, nowMs * MS, saidUs);',
    wrong: 'this.time.learn(askedMs * MS, nowMs * MS, 1_795_000_000_000_000 + nowMs * MS);',
    test: FLEET,
    named: '8 instances',
  },
  'late slots are not thrown away': {
    file: 'shared/rate-limiter/gcra.ts',
    right: "if (mostUs > untilUs) return 'late';",
    wrong: '',
    test: FLEET,
    named: '8 instances.*connection.*latestTimerMs":120',
  },
  'slots are released when their time may have come': {
    file: 'shared/rate-limiter/gcra.ts',
    right: "return leastUs < fromUs ? 'early' : 'due';",
    wrong: "return mostUs + 50_000 < fromUs ? 'early' : 'due';",
    test: FLEET,
    named: '8 instances.*connection.*latestTimerMs":120',
  },
  'a floored refill': {
    file: 'shared/rate-limiter/gcra.ts',
    right: 'return Math.ceil((SECOND_US + LATENESS_US) / perSecond);',
    wrong: 'return Math.floor((SECOND_US + LATENESS_US) / perSecond) - 1;',
    test: 'test/property/limiter.property.test.ts',
    named: 'no window of a second and the lateness',
  },
  'the lateness is not paid for': {
    file: 'shared/rate-limiter/gcra.ts',
    right: 'return Math.ceil((SECOND_US + LATENESS_US) / perSecond);',
    wrong: 'return Math.ceil(SECOND_US / perSecond);',
    test: FLEET,
    named: '8 instances.*connection.*latestTimerMs":120',
  },
  'nodes are not clamped to the ceiling': {
    file: 'shared/rate-limiter/capacity.ts',
    right: 'Math.min(Math.max(liveNodes, limits.minNodes), limits.maxNodes)',
    wrong: 'Math.max(liveNodes, limits.minNodes)',
    test: 'test/unit/limiter.test.ts',
    named: 'nodes beyond the ceiling',
  },
  'nodes are not clamped to the floor': {
    file: 'shared/rate-limiter/capacity.ts',
    right: 'Math.min(Math.max(liveNodes, limits.minNodes), limits.maxNodes)',
    wrong: 'Math.min(liveNodes, limits.maxNodes)',
    test: 'test/unit/limiter.test.ts',
    named: 'the floor counts',
  },
  'a try that is repeated takes no token': {
    file: 'shared/stripe/client.ts',
    right: 'const waitedMs = await acquirePermit(deps, request, call, state);',
    wrong: 'const waitedMs = state.attempts > 0 ? 0 : await acquirePermit(deps, request, call, state);',
    test: 'test/unit/stripe-client-permits.test.ts',
    named: 'every try takes a token',
  },
  'a turn is good for ever': {
    file: 'shared/stripe/client.ts',
    right: 'if (startedMs + waitedMs <= permit.untilMs) return waitedMs;',
    wrong: 'return waitedMs;',
    test: 'test/unit/stripe-client-permits.test.ts',
    named: 'a turn that comes too late',
  },
  'a blurred time is taken for a sharp one': {
    file: 'shared/rate-limiter/server-clock.ts',
    right: 'mostUs: Math.ceil(monotonicUs + mostAt(this.most, monotonicUs)),',
    wrong: 'mostUs: Math.floor(monotonicUs + leastAt(this.least, monotonicUs)),',
    test: FLEET,
    named: 'a slow way to the store',
  },
  'callers who are refused reserve all the same': {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'if (expectedMs > maxWaitMs) return refusal(caller, expectedMs, this.pace(nowMs));',
    wrong: '',
    test: FLEET,
    named: 'a storm of callers',
  },
  'a slower pace stays with the node that learnt it': {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'this.calm(nowMs, Math.max(0, ...answer.filled.map(({ calmUs }) => calmUs)));',
    wrong: '',
    test: FLEET,
    named: "Stripe's 429 at one node",
  },
  'every 429 of one moment is a step': {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'if (now === undefined || releasedMs <= this.slowedMs) return;',
    wrong: 'if (now === undefined) return;',
    test: FLEET,
    named: 'many 429 of one moment',
  },
  'a count of nodes is good for ever': {
    file: 'shared/rate-limiter/membership.ts',
    right: 'return atUs + LIFE_US - SECOND_US;',
    wrong: 'return atUs + 1000 * LIFE_US;',
    test: FLEET,
    named: 'nodes that cannot be counted',
  },
  'memberships are never renewed': {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'renew: !this.alone && this.membership.renewalDue(now.leastUs),',
    wrong: 'renew: false,',
    test: FLEET,
    named: 'capacity follows the live nodes',
  },
  'questions without an answer are asked again too soon': {
    file: 'shared/rate-limiter/scheduler.ts',
    right: 'this.commitAgainMs = nowMs + COMMIT_PAUSE_MS;',
    wrong: 'this.commitAgainMs = nowMs + 100;',
    test: 'test/unit/limiter.test.ts',
    named: 'at most three times a second',
  },
};

seesEach(MUTANTS);
