import { useId, type ReactNode } from 'react';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import { useFieldContext, useFieldError, useFocusTarget } from './field-context.ts';
import { AmountInput } from './inputs/amount-input.tsx';
import { CodeInput, codeKindOf } from './inputs/code-input.tsx';
import { GroupInput, GroupsInput } from './group-input.tsx';
import { IdField, useFieldEntity } from './inputs/id-input.tsx';
import { inputKindOf, parseInput, type InputKind } from './input-kind.ts';
import { changedValue, columnOfField, currentValueOf, acceptsNull } from './current-value.ts';
import { PairsInput } from './inputs/pairs-input.tsx';
import { isCardField, TestCardInput } from './inputs/test-card-input.tsx';
import { Prose } from '../../ui/prose.tsx';
import { TextInput } from './inputs/text-input.tsx';
import { TimeInput } from './inputs/time-input.tsx';
import type { FieldValues } from './fields.tsx';

export interface FieldProps {
  readonly name: string;
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** The values of the same group. An amount uses the currency among them. */
  readonly siblings: FieldValues;
  readonly onChange: (value: unknown) => void;
}

/** Attributes that connect a control with its label, description and error. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-required': true | undefined;
  readonly 'data-field': string;
}

/** One input with its label, description and error, and the current value of the object. */
export function FieldInput(props: FieldProps) {
  const { name, path, required, schema, value, onChange } = props;
  const kind = inputKindOf(name, schema);
  const error = useFieldError(path, kind !== 'group' && kind !== 'groups');
  const { current } = useFieldContext();
  const id = useId();
  useFocusTarget(path);
  if (kind === 'group') return <GroupInput {...props} error={error} />;
  if (kind === 'groups') return <GroupsInput {...props} error={error} />;
  // A required value is always sent, so the user must write it, and its input does not show the current value.
  const currentValue = required ? undefined : currentValueOf(path, kind, schema, current);
  const isChanged = currentValue !== undefined && value !== undefined;
  const rowValue = currentValue === undefined || isChanged ? current?.[columnOfField(path)] : undefined;
  const note = [schema.description, exampleNote(schema, kind)].filter(Boolean).join(' ');
  const described = [note === '' ? '' : `${id}-note`, error === undefined ? '' : `${id}-error`]
    .filter(Boolean)
    .join(' ');
  const control: ControlProps = {
    id,
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-required': required ? true : undefined,
    'data-field': path,
  };
  return (
    <div className={error === undefined ? 'field' : 'field invalid'}>
      <div className="field-head">
        {kind === 'pairs' ? (
          // Pairs have several inputs, and a label can name only one.
          <span id={`${id}-name`}>{name}</span>
        ) : (
          <label htmlFor={id}>
            {name}
            {required && <span className="required"> required</span>}
          </label>
        )}
        {value !== undefined && (
          <button type="button" className="link small" onClick={() => onChange(undefined)}>
            {isChanged ? 'Undo' : 'Clear'}
            <span className="visually-hidden"> {name}</span>
          </button>
        )}
      </div>
      <Control
        {...props}
        kind={kind}
        control={control}
        currentValue={currentValue}
        value={kind === 'pairs' || isChanged ? (value ?? undefined) : (currentValue ?? value)}
        onChange={kind === 'pairs' ? onChange : (next) => onChange(changedValue(next, currentValue, schema))}
      />
      {note !== '' && (
        <p className="field-note" id={`${id}-note`}>
          <Prose text={note} />
        </p>
      )}
      {rowValue !== undefined && rowValue !== null && rowValue !== '' && (
        <p className="field-note">
          {isChanged ? 'Was' : 'Now'}:{' '}
          <code>{typeof rowValue === 'object' ? JSON.stringify(rowValue) : String(rowValue)}</code>
        </p>
      )}
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface KindProps extends FieldProps {
  readonly kind: InputKind;
  readonly control: ControlProps;
  /** The current value of the object. */
  readonly currentValue: unknown;
}

function Control({ kind, control, currentValue, ...props }: KindProps): ReactNode {
  const { name, schema, value, onChange } = props;
  const entity = useFieldEntity(kind === 'text' ? name : '');
  if (kind === 'amount') return <AmountInput {...props} control={control} />;
  if (kind === 'time') return <TimeInput {...props} control={control} />;
  if (kind === 'pairs')
    return <PairsInput value={value} currentValue={currentValue} control={control} name={name} onChange={onChange} />;
  if (kind === 'choice' || kind === 'boolean') {
    const options = (schema.enum ?? [true, false]).filter((option) => option !== null);
    return (
      <select
        {...control}
        value={value === undefined ? '' : String(value)}
        onChange={(event) => onChange(parseInput(kind === 'boolean' ? kind : 'text', event.target.value))}
      >
        {(currentValue === undefined || acceptsNull(schema)) && <option value="">Not set</option>}
        {options.map((option) => (
          <option key={String(option)} value={String(option)}>
            {String(option)}
          </option>
        ))}
      </select>
    );
  }
  const code = kind === 'text' ? codeKindOf(name) : undefined;
  if (code !== undefined) return <CodeInput kind={code} value={value} control={control} onChange={onChange} />;
  if (kind === 'text' && isCardField(name))
    return <TestCardInput value={value} control={control} onChange={onChange} />;
  if (kind === 'text' && entity !== undefined)
    return <IdField entity={entity} value={value} control={control} onChange={onChange} />;
  return <TextInput kind={kind} schema={schema} value={value} control={control} onChange={onChange} />;
}

/** The examples and limits of the schema as sentences. Empty without any. */
function exampleNote(schema: JsonSchema, kind: InputKind): string {
  const { examples, items, minimum, maximum, maxLength } = schema;
  const shown = (examples ?? items?.examples)?.slice(0, 6).join(', ');
  const limits = [
    ...(kind === 'number' && minimum !== undefined && minimum > -1e9 ? [`at least ${minimum}`] : []),
    ...(kind === 'number' && maximum !== undefined && maximum < 1e9 ? [`at most ${maximum}`] : []),
    ...(kind === 'text' && maxLength !== undefined && maxLength < 500 ? [`at most ${maxLength} characters`] : []),
  ];
  return [
    // A text input suggests its examples instead.
    ...(shown === undefined || kind === 'text' ? [] : [`Such as ${shown}.`]),
    ...(limits.length === 0 ? [] : [`${limits.join(', ')}.`]),
  ].join(' ');
}
