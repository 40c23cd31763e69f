import type { CommandResult } from '../commands/row.ts';
import { millionTable, monthTable, priceTable } from '../cost/tables.ts';

/** `cost`: the tables of infra/cost.md. */
export function showCost(): Promise<CommandResult> {
  const tables = { month: monthTable(), million: millionTable(), prices: priceTable() };
  return Promise.resolve({ value: tables, text: Object.values(tables).join('\n\n') });
}
