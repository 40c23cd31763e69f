import type { OutputRow } from '../api/calls.ts';
import { readEntityDescriptor } from '../api/discovery.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { SchemaFields } from './fields/fields.tsx';
import { SourceNote } from './source-note.tsx';
import { MoreOptions, TargetFields } from './target-fields.tsx';
import type { FormTarget } from './target.ts';
import type { DraftState } from './use-form-draft.ts';
import type { MoneySource } from './use-source.ts';

interface FormInputsProps {
  readonly target: FormTarget;
  readonly form: DraftState;
  readonly current: OutputRow | undefined;
  readonly source: MoneySource | undefined;
  /** The number of the last call. When it changes, the refunds of the source are read again. */
  readonly lastCallNumber: number | undefined;
}

/** The inputs of a form: the object or clause of the call, its payload, and its options. */
export function FormInputs({ target, form, current, source, lastCallNumber }: FormInputsProps) {
  const { draft, variants, variant, change } = form;
  const columns = useLoaded(`entity ${target.entity}`, () => readEntityDescriptor(target.entity)).data?.columns ?? [];
  return (
    <>
      <TargetFields target={target} draft={draft} columns={columns} current={current} onChange={change} />
      {variants.length > 1 && (
        <label className="field">
          <span>Identified by</span>
          <select
            value={draft.variant}
            onChange={(event) => change({ variant: Number(event.target.value), payload: {} })}
          >
            {variants.map(({ required = [] }, index) => (
              <option key={index} value={index}>
                {required.length === 0 ? 'its id alone' : required.join(', ')}
              </option>
            ))}
          </select>
        </label>
      )}
      {source !== undefined && <SourceNote entity={source.entity} row={source.row} lastCallNumber={lastCallNumber} />}
      {variants.length > 0 && (
        <SchemaFields schema={variant} values={draft.payload} path="" onChange={(payload) => change({ payload })} />
      )}
      <MoreOptions target={target} draft={draft} onChange={change} />
    </>
  );
}
