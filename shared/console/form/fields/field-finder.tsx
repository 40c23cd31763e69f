import { Combobox, ComboboxItem, ComboboxPopover, ComboboxProvider } from '@ariakit/react';
import { useMemo, useState } from 'react';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import { leadSentence } from '../../format/description.ts';
import { countedNoun } from '../../format/words.ts';
import { useFieldContext } from './field-context.ts';
import { fieldPaths, matchingFields } from './field-paths.ts';

const MAX_FOUND_PATHS = 20;

/** Searches the fields of a form, also in groups. The form shows the chosen field and moves the focus to it. */
export function FieldFinder({ schema }: { readonly schema: JsonSchema }) {
  const { onGoToField } = useFieldContext();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const fields = useMemo(() => fieldPaths(schema), [schema]);
  const found = matchingFields(fields, text);
  return (
    <div className="field grow">
      <ComboboxProvider
        inputValue={text}
        setInputValue={setText}
        resetValueOnHide={false}
        open={open && text !== ''}
        setOpen={setOpen}
      >
        <label className="field">
          <span>Find one of {countedNoun(fields.length, 'field')}</span>
          <Combobox
            data-page-search=""
            autoSelect
            autoComplete="off"
            spellCheck={false}
            placeholder="city, metadata, tax"
          />
        </label>
        {text !== '' && (
          <ComboboxPopover className="menu found-fields" gutter={4} sameWidth aria-label="Fields">
            {found.slice(0, MAX_FOUND_PATHS).map(({ path, description }) => (
              <ComboboxItem
                key={path}
                className="menu-item"
                setValueOnClick={false}
                focusOnHover
                onClick={() => {
                  setText('');
                  onGoToField(path);
                }}
              >
                <code>{path}</code> <span className="muted">{leadSentence(description)?.replaceAll('`', '')}</span>
              </ComboboxItem>
            ))}
            <p className="menu-note" role="status">
              {found.length === 0 ? `No field matches “${text}”` : countedNoun(found.length, 'field')}
            </p>
          </ComboboxPopover>
        )}
      </ComboboxProvider>
    </div>
  );
}
