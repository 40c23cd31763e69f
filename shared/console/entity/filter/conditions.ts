import { minorUnits } from '../../format/money.ts';

/** A quoted text, spaces, a parenthesis, or a word. */
const CLAUSE_PART = /'(?:[^']|'')*'?|\s+|[()]|[^\s'()]+/g;

/**
 * The conditions that AND joins at the top level of a clause: `Status = 'open'` and `Amount > 5`. Undefined if the top
 * level has an OR, because then no condition can be removed alone, and if a condition is empty.
 */
export function splitAtAnd(clause: string): readonly string[] | undefined {
  const conditions: string[] = [''];
  let depth = 0;
  for (const part of clause.match(CLAUSE_PART) ?? []) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (depth === 0 && /^or$/i.test(part)) return undefined;
    if (depth === 0 && /^and$/i.test(part)) conditions.push('');
    else conditions.push(`${conditions.pop() ?? ''}${part}`);
  }
  const trimmed = conditions.map((condition) => condition.trim());
  return trimmed.every((condition) => condition !== '') ? trimmed : undefined;
}

/** A clause in which each run of white space outside quotes is one space. */
export function tidyClause(clause: string): string {
  return (clause.match(CLAUSE_PART) ?? [])
    .map((part) => (/^\s+$/.test(part) ? ' ' : part))
    .join('')
    .trim();
}

/**
 * The clause with the operators and quotes of the connector: `=` for `==`, `AND` for `&&`, `OR` for `||`, single quotes
 * for double quotes. Undefined if the clause has none of these mistakes.
 */
export function correctedClause(clause: string): string | undefined {
  const fixed = clause
    .replace(/"([^"']*)"/g, (_, text: string) => `'${text}'`)
    .replace(/==/g, '=')
    .replace(/&&/g, 'AND')
    .replace(/\|\|/g, 'OR');
  return fixed === clause ? undefined : fixed;
}

/** A condition that compares an amount with a decimal number. */
interface DecimalCondition {
  /** `Amount > 15.50` */
  readonly condition: string;
  /** `Amount > 1550`, in the minor unit of a currency with two decimals. Undefined if the number has more decimals. */
  readonly corrected: string | undefined;
}

/** The first condition that compares an amount with a decimal number. */
export function decimalAmount(clause: string): DecimalCondition | undefined {
  const comparisons = [...clause.matchAll(/\b(\w+)\s*[<>=!]+\s*(\d+\.\d+)/g)];
  const found = comparisons.find(([, name = '']) => /Amount|Total|Balance/i.test(name));
  if (found === undefined) return undefined;
  const [condition, , number = ''] = found;
  const minor = minorUnits(number, 'usd');
  return { condition, corrected: minor === undefined ? undefined : `${condition.slice(0, -number.length)}${minor}` };
}
