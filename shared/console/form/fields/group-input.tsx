import { useEffect, useState } from 'react';
import type { FieldProps } from './field-input.tsx';
import { Prose } from '../../ui/prose.tsx';
import { countedNoun } from '../../format/words.ts';
import { useFieldContext } from './field-context.ts';
import { isInside } from './field-paths.ts';
import { inputKindOf } from './input-kind.ts';
import { currentValueOf } from './current-value.ts';
import { SchemaFields, type FieldValues } from './fields.tsx';

type GroupProps = FieldProps & { readonly error: string | undefined };

function emptyToUndefined(values: FieldValues): FieldValues | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}

/**
 * Whether a group is open. The user can open it. It also opens if the user goes to a field in it, or if such a field
 * has an error.
 */
function useGroupOpen(path: string, initially: boolean): readonly [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(initially);
  const { focusTarget, errors } = useFieldContext();
  const mustOpen = isInside(focusTarget, path) || [...errors.keys()].some((field) => isInside(field, path));
  useEffect(() => {
    if (mustOpen) setOpen(true);
  }, [mustOpen]);
  return [open, setOpen];
}

/** A nested object. Its inputs are rendered when the group opens. */
export function GroupInput({ name, path, required, schema, value, error, onChange }: GroupProps) {
  const [open, setOpen] = useGroupOpen(path, required || value !== undefined);
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  const { current } = useFieldContext();
  const currentCount = Object.entries(schema.properties ?? {}).filter(
    ([member, inner]) => currentValueOf(`${path}.${member}`, inputKindOf(member, inner), inner, current) !== undefined,
  ).length;
  return (
    <details className="group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-field={path}>
        {name} {required && <span className="required">required</span>}{' '}
        {count + currentCount > 0 && (
          <span className="muted">{count > 0 ? `${count} set` : countedNoun(currentCount, 'present value')}</span>
        )}
      </summary>
      {schema.description !== undefined && (
        <p className="field-note">
          <Prose text={schema.description} />
        </p>
      )}
      {error !== undefined && <p className="field-error">{error}</p>}
      {open && (
        <SchemaFields
          schema={schema}
          values={(value ?? {}) as FieldValues}
          path={path}
          onChange={(values) => onChange(emptyToUndefined(values))}
        />
      )}
    </details>
  );
}

/** A list of objects, with a group of inputs for each object. */
export function GroupsInput({ name, path, required, schema, value, error, onChange }: GroupProps) {
  const items = Array.isArray(value) ? (value as readonly FieldValues[]) : [];
  // These lists are open at first: nearly every subscription and checkout session has items, although Stripe's schema
  // does not require them.
  const [open, setOpen] = useGroupOpen(path, required || items.length > 0 || name === 'Items' || name === 'LineItems');
  const shown = items.length === 0 && open ? [{}] : items;
  const change = (next: readonly FieldValues[]): void => onChange(next.length === 0 ? undefined : next);
  return (
    <details className="group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-field={path}>
        {name} {required && <span className="required">required</span>}{' '}
        <span className="muted">{countedNoun(items.length, 'item')}</span>
      </summary>
      {schema.description !== undefined && (
        <p className="field-note">
          <Prose text={schema.description} />
        </p>
      )}
      {error !== undefined && <p className="field-error">{error}</p>}
      {open && (
        <>
          {shown.map((item, index) => (
            <fieldset key={index} className="item">
              <legend>
                {name} {index + 1}
              </legend>
              <SchemaFields
                schema={schema.items ?? {}}
                values={item}
                path={`${path}[${index}]`}
                onChange={(values) => change(shown.map((before, at) => (at === index ? values : before)))}
              />
              <button type="button" className="small" onClick={() => change(shown.filter((_, at) => at !== index))}>
                Remove {name} {index + 1}
              </button>
            </fieldset>
          ))}
          <button type="button" className="small" onClick={() => change([...shown, {}])}>
            Add to {name}
          </button>
        </>
      )}
    </details>
  );
}
