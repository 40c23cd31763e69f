/** The leases of the limiter with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const FLEET = 'test/simulation/fleet.test.ts';
const OPEN_LOOP = 'test/simulation/open-loop.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a leased lane is used again before a round has passed': {
    file: 'shared/rate-limiter/lanes/leases.ts',
    right: 'lease.freeUs = fromUs + spacingUs;\n  lease.open -= 1;',
    wrong: 'lease.open -= 1;',
    test: FLEET,
    named: '8 instances.*connection.*latestTimerMs":120',
  },
  'a lease goes on over slots of another node': {
    file: 'shared/rate-limiter/lanes/leases.ts',
    right: 'current?.endUs === firstUs ? current',
    wrong: 'current !== undefined ? current',
    test: 'test/property/lane-leases.property.test.ts',
    named: 'a reservation that follows',
  },
  'a call that comes alone leases no lane': {
    file: 'shared/rate-limiter/queue/lease-size.ts',
    right: 'return Math.ceil(perRound + Math.sqrt(perRound));',
    wrong: 'return 0;',
    test: OPEN_LOOP,
    named: 'random calls wait.*0.3',
  },
};

seesEach(MUTANTS);
