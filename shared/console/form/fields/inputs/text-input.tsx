import { useCallback, useState } from 'react';
import type { JsonSchema } from '../../../../schema/json-schema.ts';
import { examplePlaceholder } from '../../../format/description.ts';
import { isSecretInput } from '../../../format/secrets.ts';
import type { ControlProps } from '../field-input.tsx';
import { SuggestInput } from './suggest-input.tsx';
import { parseInput, needsSeveralLines, type InputKind } from '../input-kind.ts';
import { useDraft } from '../use-draft.ts';

interface TextInputProps {
  readonly kind: InputKind;
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

function textOfValue(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The input of a text, a number, a list of texts or any JSON. While the user types, the text need not be a valid value.
 */
export function TextInput({ kind, schema, value, control, onChange }: TextInputProps) {
  const draftOf = useCallback((changed: unknown) => shownText(kind, changed), [kind]);
  const [text, setText] = useDraft(value, draftOf, onChange);
  // An input that became a textarea remains a textarea, because replacing the element would remove the focus.
  const [isTextarea, setIsTextarea] = useState(false);
  if (!isTextarea && needsSeveralLines(kind, text)) setIsTextarea(true);
  const change = (written: string): void =>
    setText(written, kind === 'texts' ? textsOf(written) : parseInput(kind, written));
  if (isTextarea)
    return (
      <textarea
        {...control}
        rows={kind === 'json' ? 3 : 2}
        spellCheck={false}
        placeholder={kind === 'json' ? 'JSON' : kind === 'texts' ? 'one on each line' : undefined}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    );
  if (kind === 'text' && schema.examples !== undefined)
    return (
      <SuggestInput
        text={text}
        suggestions={schema.examples.map((example) => ({ value: String(example), note: '' }))}
        control={control}
        label={`Values of ${control['data-field']}`}
        placeholder={schema.examples.slice(0, 2).map(String).join(', ')}
        onChange={change}
      />
    );
  const isSecret = isSecretInput(lastName(control['data-field']));
  return (
    <input
      {...control}
      type="text"
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      placeholder={isSecret ? 'sent once, never kept' : examplePlaceholder(schema)}
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}

function lastName(path: string): string {
  return path.replace(/^.*\./, '');
}

function shownText(kind: InputKind, value: unknown): string {
  return kind === 'texts' && Array.isArray(value) ? value.map(String).join('\n') : textOfValue(value);
}

function textsOf(text: string): unknown {
  const lines = text.split('\n').map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  return filled.length === 0 ? undefined : filled;
}
