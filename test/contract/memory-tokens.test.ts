import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { tokenStoreContract } from './token-store.ts';

const store = memoryTokens(systemClock);
let buckets = 0;
tokenStoreContract(
  'memory',
  () => store,
  () => `connection-${(buckets += 1)}`,
);
