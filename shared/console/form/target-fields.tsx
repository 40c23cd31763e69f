import type { OutputRow } from '../api/calls.ts';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { ClauseInput } from '../entity/filter/filter-bar.tsx';
import type { FormDraft } from '../state/drafts.ts';
import { IdField, rowNote } from './fields/inputs/id-input.tsx';
import { isReadOnly, acceptsClause, type FormTarget } from './target.ts';

interface TargetFieldsProps {
  readonly target: FormTarget;
  readonly draft: FormDraft;
  readonly columns: readonly ColumnDescriptor[];
  /** The object with the id of the draft. Undefined unless an Update or a Delete has read it. */
  readonly current: OutputRow | undefined;
  readonly onChange: (part: Partial<FormDraft>) => void;
}

/** The inputs that select the object or the rows of a call: an id, or a clause if the operation accepts one. */
export function TargetFields({ target, draft, columns, current, onChange }: TargetFieldsProps) {
  if (target.kind === 'action') return null;
  const byClause = acceptsClause(target);
  if (!target.byId && !byClause) return null;
  return (
    <fieldset className="target">
      <legend>{byClause ? 'Either one object, or the rows of a clause' : 'Object'}</legend>
      {target.byId && (
        <div className="field">
          <label htmlFor="entity-id">entityId{!byClause && <span className="required"> required</span>}</label>
          <IdField
            entity={target.entity}
            value={draft.entityId === '' ? undefined : draft.entityId}
            control={{
              id: 'entity-id',
              'aria-describedby': undefined,
              'aria-invalid': undefined,
              'aria-required': byClause ? undefined : true,
              'data-field': 'entityId',
            }}
            onChange={(value) =>
              onChange({ entityId: typeof value === 'string' ? value.trim() : '', filterClause: '' })
            }
          />
          {current !== undefined && <p className="field-note">This is {rowNote(current) || draft.entityId}.</p>}
        </div>
      )}
      {byClause && (
        <>
          <div className="field">
            <span className="field-head">Filter clause</span>
            <ClauseInput
              text={draft.filterClause}
              columns={columns}
              onChange={(filterClause) => onChange({ filterClause, entityId: '' })}
            />
          </div>
          {draft.filterClause !== '' && (
            <label className="field">
              <span>maxAffected</span>
              <input
                type="text"
                inputMode="numeric"
                data-field="maxAffected"
                placeholder="the call fails if more rows match"
                value={draft.maxAffected}
                onChange={(event) => onChange({ maxAffected: event.target.value })}
              />
            </label>
          )}
        </>
      )}
    </fieldset>
  );
}

/** Inputs of the call that are not part of the payload. */
export function MoreOptions({ target, draft, onChange }: Omit<TargetFieldsProps, 'columns' | 'current'>) {
  return (
    <details className="group" open={draft.operationId !== '' ? true : undefined}>
      <summary>Options of the call</summary>
      <div className="fields">
        {!isReadOnly(target) && (
          <label className="field">
            <span>operationId</span>
            <input
              type="text"
              data-field="operationId"
              placeholder="generated if empty"
              value={draft.operationId}
              onChange={(event) => onChange({ operationId: event.target.value })}
            />
            <span className="field-note">A repeat with the same id takes effect once.</span>
          </label>
        )}
        <label className="field">
          <span>accountId</span>
          <input
            type="text"
            data-field="accountId"
            placeholder="acct_..."
            value={draft.accountId}
            onChange={(event) => onChange({ accountId: event.target.value })}
          />
          <span className="field-note">A Connect account that the connection allows.</span>
        </label>
      </div>
    </details>
  );
}
