/** `stripe-connector cost`: prints the tables of infra/cost.md. */
import { millionTable, monthTable, priceTable, storageTable } from './tables.ts';

console.log([monthTable(), millionTable(), storageTable(), priceTable()].join('\n\n'));
