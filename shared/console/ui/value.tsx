import { Fragment } from 'react';
import { useCatalog } from '../shell/console-context.tsx';
import { entityOfId } from '../format/ids.ts';
import { isSecretValue } from '../format/secrets.ts';
import { isIdLike } from '../format/words.ts';
import { isAmountName, formatMoney } from '../format/money.ts';
import { fullTime, shortDate, shortTime, timeMs } from '../format/time.ts';
import { clocksAgree } from '../state/clock.ts';
import { hashOf } from '../state/route.ts';
import { StatusBadge } from './badge.tsx';

/**
 * An id, as a link to the page of its object if the connector can get objects of `entity`, or else of the entity that
 * the prefix of the id shows.
 */
export function IdLink({ id, entity }: { readonly id: string; readonly entity?: string | undefined }) {
  const { entities } = useCatalog();
  const isOffered =
    entity !== undefined && entities.some(({ name, operations }) => name === entity && operations.includes('Get'));
  const target = isOffered ? entity : entityOfId(id, entities);
  if (target === undefined) return <code>{id}</code>;
  return (
    <a className="id" href={hashOf(['object', target, id])} title={`Open this ${target}`}>
      {id}
    </a>
  );
}

/** A name in PascalCase, or with dots or underscores. A line may break between its words. */
export function NameText({ text }: { readonly text: string }) {
  return text.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[._])/).map((word, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}

export function TimeText({ value }: { readonly value: string | number }) {
  const ms = timeMs(value);
  return (
    <time
      dateTime={Number.isFinite(ms) ? new Date(ms).toISOString() : String(value)}
      title={`${fullTime(ms)} (${value})`}
    >
      {clocksAgree() ? shortTime(ms, Date.now()) : shortDate(ms, Date.now())}
    </time>
  );
}

export interface ValueProps {
  readonly name: string;
  readonly value: unknown;
  /** `seconds` and `instant` are times. */
  readonly kind?: string | undefined;
  /** The entity of the object whose id the value is. */
  readonly reference?: string | undefined;
  /** The currency of amounts in the same row. */
  readonly currency?: string | undefined;
}

/** A value formatted for people, by its name, kind, type and text. */
export function Value({ name, value, kind, reference, currency }: ValueProps) {
  if (value === null || value === undefined || value === '') return <span className="muted">–</span>;
  if (typeof value === 'boolean') return <span className={value ? '' : 'muted'}>{value ? 'Yes' : 'No'}</span>;
  if (typeof value === 'object') return <code className="json">{JSON.stringify(value)}</code>;
  const text = String(value);
  if (isSecretValue(name, text))
    return (
      <details>
        <summary>Show the secret</summary>
        <code>{text}</code>
      </details>
    );
  if (kind === 'seconds' || kind === 'instant') return <TimeText value={value as string | number} />;
  if (typeof value === 'number' && isAmountName(name)) {
    const amount = formatMoney(value, currency);
    if (amount !== undefined)
      return (
        <span className="amount" title={`${value} in the minor unit of ${currency ?? ''}`}>
          {amount}
        </span>
      );
  }
  if (typeof value === 'number') return <span className="number">{value.toLocaleString('en')}</span>;
  if (reference !== undefined || name === 'Id' || isIdLike(text)) return <IdLink id={text} entity={reference} />;
  if (/status$|^outcome$|^state$/i.test(name)) return <StatusBadge status={text} />;
  if (/^https:\/\//.test(text) && text.length < 400)
    return (
      <a href={text} target="_blank" rel="noreferrer noopener">
        {text}
      </a>
    );
  return <span title={text}>{text}</span>;
}
