import { useEffect, useState } from 'react';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import { countedNoun, searchKey } from '../../format/words.ts';
import { useFieldContext } from './field-context.ts';
import { FieldFinder } from './field-finder.tsx';
import { FieldInput } from './field-input.tsx';
import { isInside } from './field-paths.ts';
import { groupFields, inputKindOf } from './input-kind.ts';
import { presentValue } from './present.ts';

export type FieldValues = Readonly<Record<string, unknown>>;

interface FieldsProps {
  readonly schema: JsonSchema;
  readonly values: FieldValues;
  /** The path of the group, empty at the top. */
  readonly path: string;
  readonly onChange: (values: FieldValues) => void;
}

/** The inputs of a schema: required and common ones, those with a value, and the others by a search. */
export function SchemaFields({ schema, values, path, onChange }: FieldsProps) {
  const { properties = {}, required = [] } = schema;
  const { first, others } = groupFields(schema, path !== '');
  const own = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const called = useCalled(others, own);
  const { current } = useFieldContext();
  const isPresent = (name: string): boolean => {
    const inner = properties[name] ?? {};
    const now = presentValue(own(name), inputKindOf(name, inner), inner, current);
    return now !== undefined && now !== false;
  };
  const filled = others.filter((name) => values[name] !== undefined || called.includes(name) || isPresent(name));
  const change = (name: string, value: unknown): void => {
    const { [name]: _before, ...rest } = values;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  const input = (name: string) => (
    <FieldInput
      key={name}
      name={name}
      path={own(name)}
      required={required.includes(name)}
      schema={properties[name] ?? {}}
      value={values[name]}
      siblings={values}
      onChange={(value) => change(name, value)}
    />
  );
  return (
    <div className="fields">
      {first.map(input)}
      {filled.map(input)}
      {others.length > 0 && (
        <OtherFields
          names={others.filter((name) => !filled.includes(name))}
          input={input}
          whole={path === '' ? schema : undefined}
        />
      )}
    </div>
  );
}

/** Fields that the user went to, and those with an error. They stay in the form. */
function useCalled(names: readonly string[], own: (name: string) => string): readonly string[] {
  const { wanted, errors } = useFieldContext();
  const [called, setCalled] = useState<readonly string[]>([]);
  const isNamed = (path: string | undefined, name: string): boolean => path === own(name) || isInside(path, own(name));
  const next = names.filter(
    (name) => isNamed(wanted, name) || [...errors.keys()].some((field) => isNamed(field, name)),
  );
  const added = next.filter((name) => !called.includes(name)).join();
  useEffect(() => {
    if (added !== '') setCalled((before) => [...before, ...added.split(',')]);
  }, [added]);
  return called;
}

const MAX_FOUND_FIELDS = 30;

interface OtherFieldsProps {
  readonly names: readonly string[];
  /** The schema of the form. Its fields are found at any depth; those of a group by their own names. */
  readonly whole: JsonSchema | undefined;
  readonly input: (name: string) => React.ReactNode;
}

/** Inputs that few calls have. They are shown as the user searches, or all on request. */
function OtherFields({ names, input, whole }: OtherFieldsProps) {
  const [text, setText] = useState('');
  const [all, setAll] = useState(false);
  const found = text === '' ? (all ? names : []) : names.filter((name) => searchKey(name).includes(searchKey(text)));
  return (
    <div className="other-fields">
      <div className="other-head">
        {whole !== undefined ? (
          <FieldFinder schema={whole} />
        ) : (
          <label className="field">
            <span>Find one of {countedNoun(names.length, 'more field')}</span>
            <input
              type="search"
              value={text}
              placeholder={names.slice(0, 3).join(', ')}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        )}
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${names.length} more`}
        </button>
      </div>
      {text !== '' && (
        <p className="muted" role="status">
          {found.length === 0 ? `No field matches “${text}”` : countedNoun(found.length, 'field')}
        </p>
      )}
      {found.slice(0, text === '' ? undefined : MAX_FOUND_FIELDS).map(input)}
    </div>
  );
}
