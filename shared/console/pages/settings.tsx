import { useState } from 'react';
import { readSettingsInForce, type SettingMeaning } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { duration } from '../format/time.ts';
import { searchKey } from '../format/words.ts';
import { PageFrame } from '../ui/page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';

/** Facts that are not settings of the connection. */
const OTHER_MEANINGS: Readonly<Record<string, string>> = {
  project: 'The project of Google Cloud.',
  stripe_base: 'The server that is called as Stripe.',
};

/** The settings in force. They name secrets and never hold them. */
export function SettingsPage() {
  const { data, error, reload } = useLoaded('settings', readSettingsInForce);
  const [text, setText] = useState('');
  const [unset, setUnset] = useState(false);
  const [changed, setChanged] = useState(false);
  return (
    <PageFrame
      title="Settings"
      lead="In force at this instance, with defaults. They change with CONNECTION_SETTINGS and a deployment, not here."
    >
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {data === undefined ? (
        error === undefined && <Loading what="settings" />
      ) : (
        <>
          <div className="toolbar">
            <label className="field">
              <span>Find a setting</span>
              <input type="search" data-page-search="" value={text} onChange={(event) => setText(event.target.value)} />
            </label>
            <label className="check">
              <input type="checkbox" checked={unset} onChange={(event) => setUnset(event.target.checked)} /> Show unset
            </label>
            <label className="check">
              <input type="checkbox" checked={changed} onChange={(event) => setChanged(event.target.checked)} /> Only
              those that differ from their default
            </label>
          </div>
          <p className="muted">
            {data.open
              ? 'Open: what the settings leave unset is allowed, because this is a local server with a test key.'
              : 'Closed: what the settings leave unset is not allowed.'}
          </p>
          <div className="scroll" tabIndex={0} role="region" aria-label="Settings">
            <table className="plain stacked" role="table">
              <thead role="rowgroup">
                <tr role="row">
                  <th role="columnheader" scope="col">
                    Setting
                  </th>
                  <th role="columnheader" scope="col">
                    Value
                  </th>
                  <th role="columnheader" scope="col">
                    Meaning
                  </th>
                </tr>
              </thead>
              <tbody role="rowgroup">
                {Object.entries({ project: data.project, stripe_base: data.stripeBase, ...data.settings })
                  .filter(
                    ([name, value]) =>
                      (unset || value !== null) &&
                      (!changed || isOwn(value, data.meanings[name])) &&
                      searchKey(name + (data.meanings[name]?.description ?? '')).includes(searchKey(text)),
                  )
                  .sort(
                    ([one, first], [other, second]) =>
                      Number(isOwn(second, data.meanings[other])) - Number(isOwn(first, data.meanings[one])),
                  )
                  .map(([name, value]) => (
                    <tr key={name} role="row" data-setting={name}>
                      <th role="rowheader" scope="row">
                        <code>{name}</code>
                      </th>
                      <td role="cell" className="wide">
                        {value === null ? (
                          <span className="muted">not set</span>
                        ) : (
                          <SettingValue name={name} value={value} />
                        )}{' '}
                        {isOwn(value, data.meanings[name]) && <span className="badge">not the default</span>}
                      </td>
                      <td role="cell" className="muted wide">
                        {data.meanings[name]?.description ?? OTHER_MEANINGS[name]}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </PageFrame>
  );
}

/** Whether a value differs from the default of its setting. A setting that every connection must set has none. */
function isOwn(value: unknown, meaning: SettingMeaning | undefined): boolean {
  if (value === null || meaning === undefined || meaning.required) return false;
  return JSON.stringify(value) !== JSON.stringify(meaning.default);
}

/** `5 s` for 5000 milliseconds, `256 KiB` for 262144 bytes. */
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
