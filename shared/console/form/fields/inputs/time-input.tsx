import { fullTime } from '../../../format/time.ts';
import type { ControlProps, FieldProps } from '../field-input.tsx';
import { parseInput } from '../input-kind.ts';

/** A time in Unix seconds. The user types the seconds or chooses a date. */
export function TimeInput({ value, control, onChange }: FieldProps & { readonly control: ControlProps }) {
  return (
    <>
      <div className="amount-input">
        <input
          {...control}
          type="text"
          inputMode="numeric"
          autoComplete="off"
          placeholder="Unix seconds, or choose a date"
          value={value === undefined ? '' : String(value)}
          onChange={(event) => onChange(parseInput('time', event.target.value))}
        />
        <input
          type="datetime-local"
          aria-label={`Date of ${control['data-field']}`}
          onChange={(event) => {
            const ms = new Date(event.target.value).getTime();
            if (Number.isFinite(ms)) onChange(Math.floor(ms / 1000));
          }}
        />
      </div>
      {typeof value === 'number' && <p className="field-note">{fullTime(value * 1000)}</p>}
    </>
  );
}
