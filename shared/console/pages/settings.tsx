import { useState } from 'react';
import { readEffectiveSettings, type SettingDescription, type EffectiveSettings } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { duration } from '../format/time.ts';
import { searchKey } from '../format/words.ts';
import { PageFrame } from '../ui/page.tsx';
import { LoadState } from '../ui/states.tsx';

/** Descriptions of rows that are not settings of the connection. */
const OTHER_DESCRIPTIONS: Readonly<Record<string, string>> = {
  project: 'The project of Google Cloud.',
  stripe_base: 'The server that is called as Stripe.',
};

interface SettingsFilter {
  readonly text: string;
  /** Whether settings without a value are also shown. */
  readonly unset: boolean;
  /** Whether only settings whose values differ from their defaults are shown. */
  readonly changed: boolean;
}

type SettingRow = readonly [name: string, value: unknown];

/** The settings in force. They contain names of secrets, but no secret. */
export function SettingsPage() {
  const { data, error, reload } = useLoaded('settings', readEffectiveSettings);
  const [filter, setFilter] = useState<SettingsFilter>({ text: '', unset: false, changed: false });
  return (
    <PageFrame
      title="Settings"
      lead="In force at this instance, with defaults. They change with CONNECTION_SETTINGS and a deployment, not here."
    >
      {data === undefined ? (
        <LoadState what="settings" shape="table" error={error} onRetry={reload} />
      ) : (
        <>
          <FilterControls filter={filter} onChange={setFilter} />
          <p className="muted">
            {data.open
              ? 'Open: what the settings leave unset is allowed, because this is a local server with a test key.'
              : 'Closed: what the settings leave unset is not allowed.'}
          </p>
          <SettingsTable meanings={data.meanings} rows={matchingSettings(data, filter)} />
        </>
      )}
    </PageFrame>
  );
}

interface FilterControlsProps {
  readonly filter: SettingsFilter;
  readonly onChange: (filter: SettingsFilter) => void;
}

function FilterControls({ filter, onChange }: FilterControlsProps) {
  const { text, unset, changed } = filter;
  return (
    <div className="toolbar">
      <label className="field">
        <span>Find a setting</span>
        <input
          type="search"
          data-page-search=""
          value={text}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={unset}
          onChange={(event) => onChange({ ...filter, unset: event.target.checked })}
        />{' '}
        Show unset
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={changed}
          onChange={(event) => onChange({ ...filter, changed: event.target.checked })}
        />{' '}
        Only those that differ from their default
      </label>
    </div>
  );
}

/** The settings that match the filter. Settings that differ from their default come first. */
function matchingSettings(
  { project, stripeBase, settings, meanings }: EffectiveSettings,
  { text, unset, changed }: SettingsFilter,
): readonly SettingRow[] {
  const differs = ([name, value]: SettingRow): boolean => differsFromDefault(value, meanings[name]);
  const isFound = ([name]: SettingRow): boolean =>
    searchKey(name + (meanings[name]?.description ?? '')).includes(searchKey(text));
  return Object.entries({ project, stripe_base: stripeBase, ...settings })
    .filter((row) => (unset || row[1] !== null) && (!changed || differs(row)) && isFound(row))
    .sort((a, b) => Number(differs(b)) - Number(differs(a)));
}

interface SettingsTableProps {
  readonly rows: readonly SettingRow[];
  readonly meanings: EffectiveSettings['meanings'];
}

function SettingsTable({ rows, meanings }: SettingsTableProps) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Settings">
      <table className="plain stacked" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {['Setting', 'Value', 'Meaning'].map((name) => (
              <th key={name} role="columnheader" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(([name, value]) => (
            <tr key={name} role="row" data-setting={name}>
              <th role="rowheader" scope="row">
                <code>{name}</code>
              </th>
              <td role="cell" className="wide">
                {value === null ? <span className="muted">not set</span> : <SettingValue name={name} value={value} />}{' '}
                {differsFromDefault(value, meanings[name]) && <span className="badge">not the default</span>}
              </td>
              <td role="cell" className="muted wide">
                {meanings[name]?.description ?? OTHER_DESCRIPTIONS[name]}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whether a value differs from the default of its setting. A required setting has no default. */
function differsFromDefault(value: unknown, meaning: SettingDescription | undefined): boolean {
  if (value === null || meaning === undefined || meaning.required) return false;
  return JSON.stringify(value) !== JSON.stringify(meaning.default);
}

/** A number with its unit, by the name of the setting: `5 s` for 5000 milliseconds, `256 KiB` for 262144 bytes. */
function unitText(name: string, value: number): string | undefined {
  if (/_ms$/.test(name)) return duration(value);
  return /_bytes$/.test(name) ? `${Math.round(value / 1024).toLocaleString('en')} KiB` : undefined;
}

function SettingValue({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (typeof value === 'boolean') return <>{value ? 'true' : 'false'}</>;
  if (Array.isArray(value))
    return value.length === 0 ? <span className="muted">none</span> : <code>{value.map(String).join(', ')}</code>;
  const withUnit = typeof value === 'number' ? unitText(name, value) : undefined;
  if (withUnit !== undefined)
    return (
      <>
        <code>{String(value)}</code> <span className="muted">{withUnit}</span>
      </>
    );
  return <code>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</code>;
}
