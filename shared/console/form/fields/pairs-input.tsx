import { useEffect, useRef, useState } from 'react';
import type { ControlProps } from './field-input.tsx';

interface PairsInputProps {
  readonly name: string;
  readonly value: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

type KeyValue = readonly [key: string, value: string];

function pairsOf(value: unknown): readonly KeyValue[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([key, member]): KeyValue => [key, String(member)])
    : [];
}

/** Free keys with their values, such as metadata. */
export function PairsInput({ name, value, control, onChange }: PairsInputProps) {
  const [pairs, setPairs] = useState<readonly KeyValue[]>(() => pairsOf(value));
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setPairs(pairsOf(value));
    sent.current = value;
  }, [value]);
  const change = (next: readonly KeyValue[]): void => {
    setPairs(next);
    const filled = next.filter(([key]) => key !== '');
    const object = filled.length === 0 ? undefined : Object.fromEntries(filled);
    sent.current = object;
    onChange(object);
  };
  const set = (index: number, pair: KeyValue): void =>
    change(pairs.map((before, at) => (at === index ? pair : before)));
  return (
    <div className="pairs" role="group" aria-label={name}>
      {pairs.map(([key, text], index) => (
        <div className="pair" key={index}>
          <input
            type="text"
            aria-label={`${name} key ${index + 1}`}
            placeholder="key"
            value={key}
            onChange={(event) => set(index, [event.target.value, text])}
          />
          <input
            type="text"
            aria-label={`${name} value ${index + 1}`}
            placeholder="value"
            value={text}
            onChange={(event) => set(index, [key, event.target.value])}
          />
          <button
            type="button"
            className="small"
            aria-label={`Remove ${key === '' ? 'this pair' : key}`}
            onClick={() => change(pairs.filter((_, at) => at !== index))}
          >
            ✕
          </button>
        </div>
      ))}
      <button type="button" className="small" {...control} onClick={() => change([...pairs, ['', '']])}>
        Add a key
      </button>
    </div>
  );
}
