import { useEffect, useState } from 'react';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import { countedNoun, searchKey } from '../../format/words.ts';
import { useFieldContext } from './field-context.ts';
import { FieldFinder } from './field-finder.tsx';
import { FieldInput } from './field-input.tsx';
import { isInside } from './field-paths.ts';
import { groupFields, inputKindOf } from './input-kind.ts';
import { currentValueOf } from './current-value.ts';

export type FieldValues = Readonly<Record<string, unknown>>;

interface FieldsProps {
  readonly schema: JsonSchema;
  readonly values: FieldValues;
  /** The path of the group, empty at the top. */
  readonly path: string;
  readonly onChange: (values: FieldValues) => void;
}

/**
 * The inputs of a schema: required and common inputs, then other inputs with a value. A search or a button shows the
 * rest.
 */
export function SchemaFields({ schema, values, path, onChange }: FieldsProps) {
  const { properties = {}, required = [] } = schema;
  const { primary, others } = groupFields(schema, path !== '');
  const pathOf = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const revealed = useRevealed(others, pathOf);
  const { current } = useFieldContext();
  const hasCurrentValue = (name: string): boolean => {
    const inner = properties[name] ?? {};
    const currentValue = currentValueOf(pathOf(name), inputKindOf(name, inner), inner, current);
    return currentValue !== undefined && currentValue !== false;
  };
  const filled = others.filter(
    (name) => values[name] !== undefined || revealed.includes(name) || hasCurrentValue(name),
  );
  const change = (name: string, value: unknown): void => {
    const { [name]: _before, ...rest } = values;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  const input = (name: string) => (
    <FieldInput
      key={name}
      name={name}
      path={pathOf(name)}
      required={required.includes(name)}
      schema={properties[name] ?? {}}
      value={values[name]}
      siblings={values}
      onChange={(value) => change(name, value)}
    />
  );
  return (
    <div className="fields">
      {primary.map(input)}
      {filled.map(input)}
      {others.length > 0 && (
        <OtherFields
          names={others.filter((name) => !filled.includes(name))}
          input={input}
          formSchema={path === '' ? schema : undefined}
        />
      )}
    </div>
  );
}

/** Returns the fields that the user went to or that had an error. The form keeps showing these fields. */
function useRevealed(names: readonly string[], pathOf: (name: string) => string): readonly string[] {
  const { focusTarget, errors } = useFieldContext();
  const [revealed, setRevealed] = useState<readonly string[]>([]);
  const isNamed = (path: string | undefined, name: string): boolean =>
    path === pathOf(name) || isInside(path, pathOf(name));
  const next = names.filter(
    (name) => isNamed(focusTarget, name) || [...errors.keys()].some((field) => isNamed(field, name)),
  );
  const added = next.filter((name) => !revealed.includes(name)).join();
  useEffect(() => {
    if (added !== '') setRevealed((before) => [...before, ...added.split(',')]);
  }, [added]);
  return revealed;
}

const MAX_FOUND_FIELDS = 30;

interface OtherFieldsProps {
  readonly names: readonly string[];
  /**
   * The schema of the form, whose fields are searched, also in groups. Undefined inside a group, where only `names` are
   * searched.
   */
  readonly formSchema: JsonSchema | undefined;
  readonly input: (name: string) => React.ReactNode;
}

/** Less common inputs. The form shows those that the user searches for, or all of them. */
function OtherFields({ names, input, formSchema }: OtherFieldsProps) {
  const [text, setText] = useState('');
  const [showsAll, setShowsAll] = useState(false);
  const initial = showsAll ? names : [];
  const found = text === '' ? initial : names.filter((name) => searchKey(name).includes(searchKey(text)));
  return (
    <div className="other-fields">
      <div className="other-head">
        {formSchema !== undefined ? (
          <FieldFinder schema={formSchema} />
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
        <button type="button" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Show fewer' : `Show ${names.length} more`}
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
