import { useCallback, useRef, type KeyboardEvent } from 'react';
import type { ControlProps } from '../field-input.tsx';
import { changedPairs } from '../current-value.ts';
import { useDraft } from '../use-draft.ts';
import { pairsOfText, type KeyValue } from './pair-text.ts';

interface PairsInputProps {
  readonly name: string;
  readonly value: unknown;
  /** The current pairs of the object. `value` has only the changed pairs. */
  readonly currentValue?: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

type Pairs = Readonly<Record<string, unknown>>;
const NO_PAIRS: Pairs = {};

function pairRecord(value: unknown): Pairs {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Pairs) : NO_PAIRS;
}

/** The current pairs with the changes in `value`. An empty value removes a current pair. */
function pairsOf(value: unknown, currentPairs: Pairs): readonly KeyValue[] {
  return Object.entries({ ...currentPairs, ...pairRecord(value) })
    .filter(([key, member]) => member !== '' || !Object.hasOwn(currentPairs, key))
    .map(([key, member]): KeyValue => [key, String(member)]);
}

/**
 * Keys with values, such as metadata. After the pairs there is always an empty one, and Enter goes to the next input,
 * so no button is needed to add a pair.
 */
export function PairsInput({ name, value, currentValue, control, onChange }: PairsInputProps) {
  const currentPairs = pairRecord(currentValue);
  const draftOf = useCallback((changed: unknown) => pairsOf(changed, currentPairs), [currentPairs]);
  const changePairs = (next: unknown): void => onChange(next === currentPairs ? undefined : next);
  const [pairs, setPairs] = useDraft(value ?? currentPairs, draftOf, changePairs);
  const group = useRef<HTMLDivElement>(null);
  const change = (next: readonly KeyValue[]): void => {
    const kept = next.filter(([key, text]) => key !== '' || text !== '');
    const filled = kept.filter(([key]) => key !== '');
    setPairs(kept, changedPairs(Object.fromEntries(filled), currentPairs) ?? currentPairs);
  };
  const shown: readonly KeyValue[] = [...pairs, ['', '']];
  const replacePair = (index: number, ...next: readonly KeyValue[]): void => change(shown.toSpliced(index, 1, ...next));
  const goToNextInput = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    const inputs = [...(group.current?.querySelectorAll('input') ?? [])];
    inputs[inputs.indexOf(event.currentTarget) + 1]?.focus();
  };
  return (
    <div ref={group} className="pairs" role="group" aria-label={name}>
      {shown.map(([key, text], index) => (
        <div className="pair" key={index}>
          <input
            {...(index === 0 ? control : {})}
            type="text"
            aria-label={`${name} key ${index + 1}`}
            placeholder="key"
            autoComplete="off"
            value={key}
            onKeyDown={goToNextInput}
            onChange={(event) => replacePair(index, [event.target.value, text])}
            onPaste={(event) => {
              const pasted = pairsOfText(event.clipboardData.getData('text'));
              if (pasted === undefined || key !== '') return;
              event.preventDefault();
              replacePair(index, ...pasted);
            }}
          />
          <input
            type="text"
            aria-label={`${name} value ${index + 1}`}
            placeholder="value"
            autoComplete="off"
            value={text}
            onKeyDown={goToNextInput}
            onChange={(event) => replacePair(index, [key, event.target.value])}
          />
          {index < pairs.length && (
            <button
              type="button"
              className="small"
              // Keyboard users remove a pair by emptying its key and value, so Tab skips this button.
              tabIndex={-1}
              aria-label={`Remove ${key === '' ? 'this pair' : key}`}
              onClick={() => change(pairs.filter((_, at) => at !== index))}
            >
              ✕
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
