import { useState } from 'react';
import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../../../api/calls.ts';
import type { EntitySummary } from '../../../api/discovery.ts';
import { priceText } from '../../../object/list-members.tsx';
import { useCatalog } from '../../../shell/console-context.tsx';
import type { ControlProps } from '../field-input.tsx';
import { SuggestInput, type Suggestion } from './suggest-input.tsx';

/** The entity whose id an input with this name contains: `PaymentMethod` for `DefaultPaymentMethod`. */
export function useFieldEntity(name: string): string | undefined {
  const { entities } = useCatalog();
  return name === '' ? undefined : entityOfField(name, entities);
}

function entityOfField(name: string, entities: readonly EntitySummary[]): string | undefined {
  const wanted = name.replace(/Id$/, '').replace(/_/g, '').toLowerCase();
  if (/type$|options$|name$|date$/.test(wanted)) return undefined;
  const matching = entities.filter(
    (entity) => entity.operations.includes('List') && wanted.endsWith(entity.name.replace(/\./g, '').toLowerCase()),
  );
  return matching.sort((a, b) => b.name.length - a.name.length)[0]?.name;
}

/** Stripe returns at most 100 objects for one request. */
const MAX_SUGGESTED = 100;

/**
 * Values by which a person recognizes an object: the price of a price object, otherwise up to three of its name, email,
 * amount and similar columns.
 */
export function rowNote(row: OutputRow): string {
  const price = priceText({
    price: { unit_amount: row['UnitAmount'], currency: row['Currency'], recurring: recurringOf(row) },
  });
  if (price !== undefined) return [row['Nickname'], price].filter(Boolean).join(' · ');
  const parts = ['Name', 'Email', 'Description', 'Number', 'Status', 'Amount', 'Type', 'Nickname'];
  return parts
    .map((part) => row[part])
    .filter((value) => value !== null && value !== undefined && value !== '')
    .slice(0, 3)
    .join(' · ');
}

function recurringOf({ RecurringInterval: interval, RecurringIntervalCount: count }: OutputRow): object | undefined {
  return typeof interval === 'string' ? { interval, interval_count: count ?? 1 } : undefined;
}

interface IdInputProps {
  readonly entity: string;
  readonly value: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

/**
 * The id of an object. When the input first gets the focus, one request to Stripe reads the latest objects as
 * suggestions.
 */
export function IdField({ entity, value, control, onChange }: IdInputProps) {
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>();
  const [busy, setBusy] = useState(false);
  const read = async (): Promise<void> => {
    if (suggestions !== undefined || busy) return;
    setBusy(true);
    const reply = await runFunction({
      functionName: 'list-entities',
      body: { entity, listEntitiesPageSize: MAX_SUGGESTED },
    }).catch(() => undefined);
    const rows = reply !== undefined && isSuccess(reply) ? rowsOfReply(reply) : [];
    setSuggestions(
      rows.flatMap((row) => (typeof row['Id'] === 'string' ? [{ value: row['Id'], note: rowNote(row) }] : [])),
    );
    setBusy(false);
  };
  return (
    <SuggestInput
      text={value === undefined ? '' : String(value)}
      suggestions={suggestions ?? []}
      busy={busy}
      noMatchText={`None of the latest ${MAX_SUGGESTED} matches. An id is sent as it is written.`}
      control={control}
      label={`Ids of ${entity}`}
      placeholder={`an id of ${entity}`}
      onChange={(text) => onChange(text === '' ? undefined : text)}
      onFocus={() => void read()}
    />
  );
}
