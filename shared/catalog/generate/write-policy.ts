import { definedFields } from '../../defined-fields.ts';
import {
  ADDED_LISTS,
  AMOUNTS_ELSEWHERE,
  CHOSEN_LISTS,
  CURRENCY_KEYS,
  FREE_KEYS,
  NUMERIC_INPUTS,
  type Meaning,
} from '../money/money-inputs.ts';
import type { Action, Entity } from '../types.ts';
import { WRITE_RULES, type WriteRule } from '../money/write-rules.ts';
import { findBySuffix, type PolicyTable, type WriteFacts } from '../money/write-facts.ts';
import { inputsOf, isNumeric, writesOf, type WriteInput, type Write } from './write-inputs.ts';

/**
 * Builds the data of the write policy by applying the reviewed tables to every write of the catalog. Throws if a write
 * does not have exactly one rule, or if `checkTables` finds a problem.
 */
export function buildPolicyTable(entities: readonly Entity[], actions: readonly Action[]): PolicyTable {
  const writes = writesOf(entities, actions);
  checkTables(writes);
  const allInputs = writes.flatMap((write) => inputsOf(write));
  return {
    numbers: Object.fromEntries(
      [...NUMERIC_INPUTS]
        .sort(byKey)
        .flatMap(([name, meaning]) => (meaning === 'none' ? [] : [[name, meaning] as const])),
    ),
    notMoney: [...NUMERIC_INPUTS]
      .filter(([name, meaning]) => meaning === 'none' && name.includes('.'))
      .map(([name]) => name)
      .sort(),
    elsewhere: AMOUNTS_ELSEWHERE,
    addedLists: ADDED_LISTS,
    chosenLists: CHOSEN_LISTS,
    currencyKeys: CURRENCY_KEYS,
    freeKeys: FREE_KEYS,
    writes: Object.fromEntries(writes.map((write) => [write.key, writeFacts(write)])),
    names: [...new Set(allInputs.flatMap(({ path }) => path))].sort(),
  };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Returns the entry of a write in the policy table. */
function writeFacts(write: Write): WriteFacts {
  const { reason: _reason, writes: _writes, ...rule } = ruleOf(write);
  const money = new Set(inputsOf(write).filter(isMoney).map(dotted));
  return definedFields({
    names: write.names,
    ...rule,
    money: money.size === 0 ? undefined : [...money].sort(),
  });
}

function isMoney(input: WriteInput): boolean {
  const meaning = meaningOf(input);
  return isNumeric(input) && (meaning === 'money' || meaning === 'unit');
}

function meaningOf({ path }: WriteInput): Meaning | undefined {
  return findBySuffix(NUMERIC_INPUTS, path);
}

function dotted({ path }: WriteInput): string {
  return path.join('.');
}

/** Returns the rule of a write. All operations of the write share it. */
function ruleOf({ key, names }: Write): WriteRule {
  const rules = WRITE_RULES.filter(({ writes }) => names.some((name) => writes.includes(name)));
  const [rule] = rules;
  if (rule === undefined || rules.length > 1)
    throw new Error(
      `${names.join(', ')} (${key}) must be in exactly one row of write-rules.ts; rows found: ${rules.length}`,
    );
  return rule;
}

/**
 * Throws if the reviewed tables leave a number or a map unclassified, name something that the catalog does not have, or
 * name a write twice.
 */
function checkTables(writes: readonly Write[]): void {
  const inputs = writes.flatMap((write) => inputsOf(write).map((input) => ({ write, input })));
  const unclassified = inputs
    .filter(({ input }) => isNumeric(input) && meaningOf(input) === undefined)
    .map(
      ({ write, input }) => `${write.names.join(', ')}: ${dotted(input)} is a number; classify it in money-inputs.ts`,
    );
  const maps = inputs
    .filter(
      ({ input: { shape: fieldType, path } }) =>
        typeof fieldType === 'object' && 'map' in fieldType && !isKnownMap(path.at(-1) ?? ''),
    )
    .map(
      ({ write, input }) =>
        `${write.names.join(', ')}: ${dotted(input)} has free keys; classify them in money-inputs.ts`,
    );
  const writeNames = new Set(writes.flatMap(({ names }) => names));
  const duplicates = WRITE_RULES.flatMap((rule) => rule.writes).filter(
    (name, index, names) => names.indexOf(name) !== index,
  );
  const unknownWrites = WRITE_RULES.flatMap((rule) => rule.writes).filter((name) => !writeNames.has(name));
  const unused = [...NUMERIC_INPUTS.keys()].filter(
    (row) => !inputs.some(({ input }) => isNumeric(input) && `.${dotted(input)}`.endsWith(`.${row}`)),
  );
  const problems = [
    ...unclassified,
    ...maps,
    ...duplicates.map((name) => `${name} is in write-rules.ts twice; remove one row`),
    ...unknownWrites.map((name) => `${name} of write-rules.ts is not a write of the catalog; remove it`),
    ...unknownPaths(writes),
    ...unused.map((row) => `${row} of money-inputs.ts is not a number of any write; remove it`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Returns an error text for each path of a rule that is not an input of the rule's writes and so has no effect. */
function unknownPaths(writes: readonly Write[]): string[] {
  return WRITE_RULES.flatMap((rule) => {
    const inputs = writes.filter(({ names }) => names.some((name) => rule.writes.includes(name))).flatMap(inputsOf);
    const dottedInputs = new Set(inputs.map(dotted));
    const { needs = [], opens = {}, closed = {}, closedBefore = {} } = rule;
    const closedPaths = Object.values(closedBefore).flatMap((value) => Object.keys(value));
    const unlessPaths = Object.values(opens).flatMap((open) =>
      typeof open === 'object' && 'unless' in open ? open.unless : [],
    );
    const paths = [...needs, ...Object.keys({ ...opens, ...closed }), ...closedPaths, ...unlessPaths];
    return paths
      .map((path) => path.replace('.*', ''))
      .filter((path) => !dottedInputs.has(path) && !inputs.some((input) => dotted(input).startsWith(`${path}.`)))
      .map((path) => `${path} is not an input of ${rule.writes.join(', ')}`);
  });
}

/** Returns whether a table says which keys a map with this name has. */
function isKnownMap(name: string): boolean {
  return FREE_KEYS.includes(name) || CURRENCY_KEYS.includes(name) || name.endsWith('_by_currency');
}
