import { Combobox, ComboboxItem, ComboboxPopover, ComboboxProvider } from '@ariakit/react';
import { useState } from 'react';
import type { ControlProps } from '../field-input.tsx';

export interface Suggestion {
  readonly value: string;
  readonly note: string;
}

const MAX_SHOWN_SUGGESTIONS = 50;

interface SuggestInputProps {
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  readonly control: ControlProps;
  readonly label: string;
  /** Whether the suggestions are still being read. */
  readonly busy?: boolean;
  /** Shown if no suggestion matches the text. */
  readonly noMatchText?: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
  readonly onFocus?: () => void;
}

/** A text input with suggestions. The user can also enter any other text. */
export function SuggestInput({
  text,
  suggestions,
  control,
  label,
  busy = false,
  noMatchText,
  placeholder,
  onChange,
  onFocus,
}: SuggestInputProps) {
  const [open, setOpen] = useState(false);
  const wanted = text.toLowerCase();
  // If the text is already one of the suggested values, no suggestions are shown.
  const isValue = suggestions.some(({ value }) => value === text);
  const matching = isValue
    ? []
    : suggestions
        .filter(({ value, note }) => value.toLowerCase().includes(wanted) || note.toLowerCase().includes(wanted))
        .sort(
          (a, b) => Number(b.value.toLowerCase().startsWith(wanted)) - Number(a.value.toLowerCase().startsWith(wanted)),
        )
        .slice(0, MAX_SHOWN_SUGGESTIONS);
  const showsNoMatch =
    noMatchText !== undefined && text !== '' && !isValue && !/^[a-z]+_\w+$/.test(text) && matching.length === 0;
  const hasPopover = matching.length > 0 || busy || showsNoMatch;
  return (
    <ComboboxProvider
      inputValue={text}
      setInputValue={onChange}
      resetValueOnHide={false}
      open={open && hasPopover}
      setOpen={setOpen}
    >
      <Combobox
        {...control}
        autoComplete="off"
        spellCheck={false}
        showOnClick
        placeholder={placeholder}
        onFocus={onFocus}
      />
      {hasPopover && (
        <ComboboxPopover className="menu completions" gutter={4} sameWidth aria-label={label}>
          {busy && (
            <p className="menu-note" role="status">
              Reading ids
            </p>
          )}
          {!busy && showsNoMatch && (
            <p className="menu-note" role="status">
              {noMatchText}
            </p>
          )}
          {matching.map(({ value, note }) => (
            <ComboboxItem key={value} value={value} className="menu-item">
              <code>{value}</code> <span className="muted">{note}</span>
            </ComboboxItem>
          ))}
        </ComboboxPopover>
      )}
    </ComboboxProvider>
  );
}
