import type { CommandContext, CommandResult } from '../commands/row.ts';
import { RATES } from '../cost/designs.ts';
import { MONTH_S } from '../cost/model.ts';
import { callsTable, millionTable, monthTable, priceTable } from '../cost/tables.ts';
import { countOption } from '../io/count-option.ts';
import { UsageError } from '../io/exit.ts';

const MAX_CALLS = Math.max(...RATES) * MONTH_S;

/** `cost`: the tables of infra/cost.md; with `--calls`, a month of that many calls. */
// oxlint-disable-next-line typescript/require-await -- an error must reject
export async function showCost(context: CommandContext): Promise<CommandResult> {
  if (context.text('calls') === undefined) {
    const tables = { month: monthTable(), million: millionTable(), prices: priceTable() };
    return { value: tables, text: Object.values(tables).join('\n\n') };
  }
  const calls = countOption(context, 'calls', 1);
  if (calls > MAX_CALLS)
    throw new UsageError(
      `--calls is at most ${MAX_CALLS.toLocaleString('en')}, which is ${Math.max(...RATES)} a second`,
    );
  const month = callsTable(calls);
  return { value: { calls, month }, text: `${month}\n\nThe assumptions are in infra/cost.md.` };
}
