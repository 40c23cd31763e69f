import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { allocationStoreContract } from './allocation-store.ts';

// Each reading of the clock is later than the last one, as the times of commits are.
let readings = 0;
const store = memoryAllocations({ monotonicMs: () => systemClock.monotonicMs() + (readings += 1) / 100 });
let connections = 0;
allocationStoreContract(
  'memory',
  () => store,
  () => `connection-${(connections += 1)}`,
);
