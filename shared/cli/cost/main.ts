/** `stripe-connector cost`: prints the tables of infra/cost.md. */
import { millionTable, monthTable, priceTable } from './tables.ts';

console.log([monthTable(), millionTable(), priceTable()].join('\n\n'));
