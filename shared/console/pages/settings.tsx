import { useState } from 'react';
import { readSettingsInForce, type SettingMeaning } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { searchKey } from '../format/words.ts';
import { PageFrame } from '../ui/page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';

/** The settings in force. They name secrets and never hold them. */
export function SettingsPage() {
  const { data, error, reload } = useLoaded('settings', readSettingsInForce);
  const [text, setText] = useState('');
  const [unset, setUnset] = useState(false);
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
                      searchKey(name + (data.meanings[name]?.description ?? '')).includes(searchKey(text)),
                  )
                  .map(([name, value]) => (
                    <tr key={name} role="row" data-setting={name}>
                      <th role="rowheader" scope="row">
                        <code>{name}</code>
                      </th>
                      <td role="cell" className="wide">
                        {value === null ? <span className="muted">not set</span> : <SettingValue value={value} />}{' '}
                        {isOwn(value, data.meanings[name]) && <span className="badge">not the default</span>}
                      </td>
                      <td role="cell" className="muted wide">
                        {data.meanings[name]?.description}
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

function SettingValue({ value }: { readonly value: unknown }) {
  if (typeof value === 'boolean') return <>{value ? 'true' : 'false'}</>;
  if (Array.isArray(value))
    return value.length === 0 ? <span className="muted">none</span> : <code>{value.map(String).join(', ')}</code>;
  return <code>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</code>;
}
