import { useState } from 'preact/hooks';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { valueOf, widgetOf } from './schema.ts';

export type Values = Readonly<Record<string, unknown>>;

interface FieldsProps {
  readonly schema: JsonSchema;
  readonly values: Values;
  readonly path: string;
  readonly onChange: (values: Values) => void;
}

/** A form for a schema: required fields first, the others by a search. */
export function InputFields({ schema, values, path, onChange }: FieldsProps) {
  const [wanted, setWanted] = useState('');
  const { properties = {}, required = [] } = schema;
  const names = Object.keys(properties).sort((a, b) => Number(required.includes(b)) - Number(required.includes(a)));
  const shown = names.filter(
    (name) =>
      required.includes(name) || values[name] !== undefined || name.toLowerCase().includes(wanted.toLowerCase()),
  );
  const change = (name: string, value: unknown): void => {
    const { [name]: _before, ...rest } = values;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <div class="fields">
      {names.length > 8 && (
        <input
          type="search"
          class="find-field"
          placeholder={`find a field of ${names.length}`}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {shown.map((name) => (
        <FieldInput
          key={name}
          name={name}
          path={`${path}.${name}`}
          required={required.includes(name)}
          schema={properties[name] ?? {}}
          value={values[name]}
          onChange={(value) => change(name, value)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function FieldInput({ name, path, required, schema, value, onChange }: FieldProps) {
  const widget = widgetOf(schema);
  if (widget === 'fields')
    return <FieldGroup name={name} path={path} required={required} schema={schema} value={value} onChange={onChange} />;
  return (
    <label class="field">
      <span>
        {name} {required && <RequiredMark />}
      </span>
      {widget === 'choice' || widget === 'boolean' ? (
        <select
          data-field={path}
          value={value === undefined ? '' : String(value)}
          onChange={(event) => onChange(valueOf(widget === 'boolean' ? widget : 'text', event.currentTarget.value))}
        >
          <option value="" />
          {(schema.enum ?? [true, false])
            .filter((one) => one !== null)
            .map((one) => (
              <option key={String(one)} value={String(one)}>
                {String(one)}
              </option>
            ))}
        </select>
      ) : (
        <TextField widget={widget} path={path} value={value} onChange={onChange} />
      )}
    </label>
  );
}

/** A nested object. Its fields are rendered once it is opened. */
function FieldGroup({ name, path, required, schema, value, onChange }: FieldProps) {
  const [open, setOpen] = useState(required);
  return (
    <details class="group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {name} {required && <RequiredMark />}
      </summary>
      {open && (
        <InputFields
          schema={schema}
          values={(value ?? {}) as Values}
          path={path}
          onChange={(values) => onChange(Object.keys(values).length === 0 ? undefined : values)}
        />
      )}
    </details>
  );
}

function RequiredMark() {
  return (
    <span class="required" title="required">
      *
    </span>
  );
}

function TextField({
  widget,
  path,
  value,
  onChange,
}: {
  readonly widget: 'text' | 'number' | 'json' | 'fields' | 'boolean' | 'choice';
  readonly path: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  // While typing, the text need not be a valid value.
  const [text, setText] = useState(
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
  );
  const change = (written: string): void => {
    setText(written);
    onChange(valueOf(widget, written));
  };
  return widget === 'json' ? (
    <textarea
      data-field={path}
      rows={2}
      placeholder="JSON"
      value={text}
      onInput={(event) => change(event.currentTarget.value)}
    />
  ) : (
    <input
      data-field={path}
      type="text"
      inputMode={widget === 'number' ? 'numeric' : 'text'}
      value={text}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}
