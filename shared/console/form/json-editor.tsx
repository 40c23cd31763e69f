import { useEffect, useRef, useState } from 'react';
import type { FieldValues } from './fields/fields.tsx';

interface JsonEditorProps {
  readonly value: FieldValues;
  readonly onChange: (value: FieldValues) => void;
  /** Reports what is wrong with the text, or undefined if the text is one JSON object. */
  readonly onProblem: (problem: string | undefined) => void;
}

export const JSON_EDITOR = 'json-editor';

/**
 * Edits the payload as JSON, next to the form. A change in the form appears in the JSON, and a change to valid JSON
 * appears in the form.
 */
export function JsonEditor({ value, onChange, onProblem }: JsonEditorProps) {
  const [text, setText] = useState(() => JSON.stringify(value, undefined, 2));
  const [problem, setProblem] = useState<string>();
  const lastValue = useRef(value);
  useEffect(() => onProblem(problem), [problem, onProblem]);
  useEffect(() => {
    if (value !== lastValue.current) {
      setText(JSON.stringify(value, undefined, 2));
      setProblem(undefined);
    }
    lastValue.current = value;
  }, [value]);
  const change = (written: string): void => {
    setText(written);
    try {
      const parsed = JSON.parse(written) as unknown;
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
        setProblem('must be one JSON object');
        return;
      }
      setProblem(undefined);
      lastValue.current = parsed as FieldValues;
      onChange(lastValue.current);
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : 'is not JSON');
    }
  };
  return (
    <label className="json-editor">
      <span>connectorInputPayload as JSON</span>
      <textarea
        id={JSON_EDITOR}
        spellCheck={false}
        rows={Math.min(24, Math.max(6, text.split('\n').length + 1))}
        value={text}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby="json-problem"
        onChange={(event) => change(event.target.value)}
      />
      <span id="json-problem" className={problem === undefined ? 'muted' : 'field-error'}>
        {problem ?? 'Changes here appear in the form.'}
      </span>
    </label>
  );
}
