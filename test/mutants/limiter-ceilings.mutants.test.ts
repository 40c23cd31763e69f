/** The ceilings of endpoints with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const CEILINGS = 'test/simulation/ceilings.test.ts';
const CLASSES = 'test/simulation/ceiling-classes.test.ts';
const OPEN_LOOP = 'test/simulation/open-loop.test.ts';
const LANES = 'test/unit/endpoint-lanes.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'two lanes are confused: an endpoint uses the next lane too': {
    file: 'shared/rate-limiter/endpoints/ring.ts',
    right: 'const offset = (position * GOLDEN + shift) % 1;',
    wrong: 'const offset = (position * GOLDEN + shift) % 1; lanes.add(Math.floor(index * width));',
    test: CEILINGS,
    named: 'calls of one endpoint from all nodes',
  },
  'a ceiling is skipped: an endpoint uses every lane': {
    file: 'shared/rate-limiter/endpoints/ring.ts',
    right: 'const count = Math.max(1, Math.floor(ceiling));',
    wrong: 'const count = 4 * Math.floor(ceiling);',
    test: CEILINGS,
    named: 'calls of one endpoint from all nodes',
  },
  'a view is too old: what was read once is used for ever': {
    file: 'shared/rate-limiter/endpoints/allocation-view.ts',
    right: 'return this.readUs + LEAD_US - SECOND_US;',
    wrong: 'return Infinity;',
    test: CEILINGS,
    named: 'instances that cannot read the ring',
  },
  'a change of the ring applies at once': {
    file: 'shared/rate-limiter/endpoints/allocation-view.ts',
    right: 'return this.ring.changedUs === undefined ? -Infinity : this.ring.changedUs + LEAD_US;',
    wrong: 'return -Infinity;',
    test: CEILINGS,
    named: 'a fleet that shrinks and grows',
  },
  'lanes of the old ring are used until the new one applies': {
    file: 'shared/rate-limiter/endpoints/allocation-view.ts',
    right: 'untilUs: late ? Infinity : this.switchUs - SECOND_US,',
    wrong: 'untilUs: Infinity,',
    test: CEILINGS,
    named: 'a slot is used in its own ring only',
  },
  'two endpoints have the same position': {
    file: 'shared/rate-limiter/endpoints/allocation-steps.ts',
    right: '[key, next + index]',
    wrong: '[key, 0 * (next + index)]',
    test: CEILINGS,
    named: 'calls of five endpoints use most',
  },
  'a payment waits behind the reads of other endpoints': {
    file: 'shared/rate-limiter/queues.ts',
    right: 'exchangeSlots(queues, now);',
    wrong: '',
    test: CLASSES,
    named: 'payments go before the reads of other endpoints',
  },
  'a lone caller keeps to the lanes of its own node': {
    file: 'shared/rate-limiter/selection/search.ts',
    right: 'return lone && (isPart(view) || this.hasOtherNodes(fromUs, view)) && this.isPromising(fromUs);',
    wrong: 'return false;',
    test: OPEN_LOOP,
    named: 'random calls of five endpoints find free lanes of other nodes: 18 nodes, 0.5',
  },
  'queued reads leave no lane to payments': {
    file: 'shared/rate-limiter/selection/selector.ts',
    right: 'const keeps = yields &&',
    wrong: 'const keeps = fromUs < 0 &&',
    test: CLASSES,
    named: 'payments go before the reads of other endpoints',
  },
  'a payment takes a slot whose lane its endpoint had in the old ring': {
    file: 'shared/rate-limiter/queue/token-queue.ts',
    right: '.filter(({ slot }) => usablePart(slot, this.source.window(slot.lane)) !== undefined)',
    wrong: '.filter(({ slot }) => this.source.window(slot.lane) !== undefined)',
    test: CLASSES,
    named: 'payments go before the reads of other endpoints',
  },
  'the wait of a payment does not count the slots of reads': {
    file: 'shared/rate-limiter/queue/waits.ts',
    right: 'return Math.min(this.byPosition(now)(position), slotMs(this.borrowable(now, rank)[position], now));',
    wrong: 'return this.byPosition(now)(position);',
    test: CLASSES,
    named: 'a payment that may wait for a second',
  },
  'payments take the slot of a class that had none for long': {
    file: 'shared/rate-limiter/queue/waiting-line.ts',
    right: 'return this.urgent.has(waiter) ? -1 : PRIORITIES.indexOf(waiter.priority);',
    wrong: 'return PRIORITIES.indexOf(waiter.priority);',
    test: CLASSES,
    named: 'no lower class is without a turn',
  },
  'a caller with a slot takes a later one too': {
    file: 'shared/rate-limiter/selection/selector.ts',
    right: 'counts.take([...lanes, ...spare, ...probed].filter(open), wanted, latestUs);',
    wrong: 'counts.take([...lanes, ...spare, ...probed].filter(open), wanted);',
    test: LANES,
    named: 'a call with a slot takes no later one',
  },
  'a revision uses its own layout, not the stored one': {
    file: 'shared/rate-limiter/endpoints/allocation-view.ts',
    right: 'return lanesOfEndpoint(ring, position, ceiling, this.layout);',
    wrong: 'return lanesOfEndpoint(ring, position, ceiling);',
    test: LANES,
    named: 'where an earlier revision began the positions',
  },
};

seesEach(MUTANTS);
