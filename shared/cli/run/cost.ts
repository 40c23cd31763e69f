import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { callsAmounts, millionAmounts, monthAmounts } from '../cost/amounts.ts';
import { RATES } from '../cost/designs.ts';
import { MONTH_S } from '../cost/model.ts';
import { PRICES } from '../cost/prices.ts';
import { alignedCosts, callsTable, describeCalls, millionTable, monthTable, priceTable } from '../cost/tables.ts';
import { countOption } from '../io/count-option.ts';
import { UsageError } from '../io/exit.ts';

const MAX_CALLS = Math.max(...RATES) * MONTH_S;
const COST_CURRENCY = 'usd';

/** `cost`: the tables of infra/cost.md; with `--calls`, a month of that many calls. */
// oxlint-disable-next-line typescript/require-await -- an error must reject
export async function showCost(context: CommandContext): Promise<CommandResult> {
  if (context.text('calls') === undefined) {
    const tables = [monthTable(), millionTable('short'), priceTable()];
    const prices = Object.values(PRICES);
    return {
      value: { currency: COST_CURRENCY, month: monthAmounts(), million: millionAmounts(), prices },
      text: tables.map(alignedCosts).join('\n\n'),
    };
  }
  const calls = countOption(context, 'calls', 1);
  if (calls > MAX_CALLS)
    throw new UsageError(
      `--calls is at most ${MAX_CALLS.toLocaleString('en')}, which is ${Math.max(...RATES)} a second`,
    );
  return {
    value: { currency: COST_CURRENCY, calls, perSecond: calls / MONTH_S, month: callsAmounts(calls) },
    text: `${describeCalls(calls)}, in US dollars\n\n${alignedCosts(callsTable(calls))}\n\nThe assumptions are in infra/cost.md.`,
  };
}
