import type { JsonSchema } from '../../schema/json-schema.ts';
import { useState } from 'preact/hooks';
import { explains, reads, type Draft, type CallTarget } from './calls.ts';
import { InputFields } from './fields.tsx';
import { waysOf } from './schema.ts';

interface CallFormProps {
  readonly target: CallTarget;
  readonly byId: boolean;
  /** Schema of the payload. Undefined if the call has no payload. */
  readonly schema: JsonSchema | undefined;
  readonly draft: Draft;
  readonly busy: boolean;
  /** Why the call is not permitted here. A dry run is. */
  readonly closed: string | undefined;
  readonly onChange: (draft: Draft) => void;
  readonly onRun: (kind: 'run' | 'dryRun' | 'explain') => void;
}

/** The form of a call with its buttons to run, dry-run and explain it. */
export function CallForm({ target, byId, schema, draft, busy, closed, onChange, onRun }: CallFormProps) {
  const operation = target.kind === 'entity' ? target.operation : undefined;
  const set = (part: Partial<Draft>): void => onChange({ ...draft, ...part });
  const byClause = operation === 'List' || operation === 'Update' || operation === 'Delete';
  return (
    <form
      class="call"
      onSubmit={(event) => {
        event.preventDefault();
        onRun('run');
      }}
    >
      {byId && <Text label="entityId" value={draft.entityId} onChange={(entityId) => set({ entityId })} />}
      {byClause && (
        <Text
          label="filterClause"
          hint="Id = '...', or another column of the entity"
          value={draft.filterClause}
          onChange={(filterClause) => set({ filterClause })}
        />
      )}
      {operation === 'List' && <ListOptionsFields draft={draft} set={set} />}
      {(operation === 'Update' || operation === 'Delete') && draft.filterClause !== '' && (
        <Text
          label="maxAffected"
          hint="100"
          value={draft.maxAffected}
          onChange={(maxAffected) => set({ maxAffected })}
        />
      )}
      {schema !== undefined && <Payload schema={schema} draft={draft} onChange={(payload) => set({ payload })} />}
      <details class="group">
        <summary>more</summary>
        {!reads(target) && (
          <Text
            label="operationId"
            hint="generated if empty; a repeat with the same id has one effect"
            value={draft.operationId}
            onChange={(operationId) => set({ operationId })}
          />
        )}
        <Text
          label="accountId"
          hint="a Connect account that the connection allows"
          value={draft.accountId}
          onChange={(accountId) => set({ accountId })}
        />
      </details>
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy || closed !== undefined} title={closed ?? ''}>
          {busy ? 'running ...' : 'Run'}
        </button>
        <button type="button" disabled={busy} onClick={() => onRun('dryRun')}>
          Plan
        </button>
        {explains(target, draft) && (
          <button type="button" disabled={busy} onClick={() => onRun('explain')}>
            Explain
          </button>
        )}
        {closed !== undefined && <span class="notes">{closed}</span>}
      </div>
    </form>
  );
}

function Payload({
  schema,
  draft,
  onChange,
}: {
  readonly schema: JsonSchema;
  readonly draft: Draft;
  readonly onChange: (payload: Draft['payload']) => void;
}) {
  const [way, setWay] = useState(0);
  const ways = waysOf(schema);
  const chosen = ways[way] ?? {};
  return (
    <fieldset>
      <legend>connectorInputPayload</legend>
      {ways.length > 1 && (
        <select value={way} onChange={(event) => setWay(Number(event.currentTarget.value))}>
          {ways.map((one, index) => (
            <option key={index} value={index}>
              by {(one.required ?? []).join(', ') || 'its id alone'}
            </option>
          ))}
        </select>
      )}
      <InputFields schema={chosen} values={draft.payload} path="payload" onChange={onChange} />
    </fieldset>
  );
}

function ListOptionsFields({ draft, set }: { readonly draft: Draft; readonly set: (part: Partial<Draft>) => void }) {
  return (
    <div class="row">
      <Text label="sort by" hint="Created DESC" value={draft.sortBy} onChange={(sortBy) => set({ sortBy })} />
      <Text label="rows a page" hint="25" value={draft.pageSize} onChange={(pageSize) => set({ pageSize })} />
      <label class="field">
        <span>consistency</span>
        <select
          value={draft.consistency}
          onChange={(event) => set({ consistency: event.currentTarget.value as Draft['consistency'] })}
        >
          <option value="strong">strong</option>
          <option value="eventual">eventual</option>
        </select>
      </label>
    </div>
  );
}

function Text({
  label,
  hint = '',
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        data-field={label}
        type="text"
        placeholder={hint}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
