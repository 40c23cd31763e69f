import { minorUnits, formatMoney } from '../../../format/money.ts';
import { useFieldContext } from '../field-context.ts';
import type { ControlProps, FieldProps } from '../field-input.tsx';
import { inputValue } from '../input-kind.ts';
import { useDraft } from '../use-draft.ts';

function amountText(value: unknown): string {
  return value === undefined ? '' : String(value);
}

/**
 * An amount in the currency's minor unit, with what it is worth next to it. A decimal text such as 15.00 is not sent: the
 * user chooses between 15 dollars and 15 cents. https://docs.stripe.com/currencies#zero-decimal
 */
export function AmountInput({ value, siblings, control, onChange }: FieldProps & { readonly control: ControlProps }) {
  const { currency: formCurrency } = useFieldContext();
  const own = siblings['Currency'] ?? siblings['currency'];
  const currency = typeof own === 'string' && own !== '' ? own : formCurrency;
  const [text, setText] = useDraft(value, amountText, onChange);
  // A decimal amount stays a text until the user has chosen: the form does not send it.
  const change = (written: string): void => setText(written, inputValue('amount', written.trim()));
  /** The button that was pressed goes away: the focus returns to the amount. */
  const choose = (amount: number): void => {
    change(String(amount));
    document.getElementById(control.id)?.focus();
  };
  const decimal = /^-?\d+[.,]\d+$/.test(text.trim());
  const worth = typeof value === 'number' ? formatMoney(value, currency) : undefined;
  const asMajor = decimal ? minorUnits(text, currency ?? 'usd') : undefined;
  // 12.50 cannot be 12 cents: only a fraction of zeros may be one.
  const asMinor = /^-?\d+[.,]0+$/.test(text.trim()) ? Number.parseInt(text.trim(), 10) : undefined;
  return (
    <>
      <div className="amount-input">
        <input
          {...control}
          type="text"
          inputMode="numeric"
          autoComplete="off"
          placeholder="1500 is 15.00"
          value={text}
          onChange={(event) => change(event.target.value)}
        />
        <output htmlFor={control.id} className="worth">
          {worth ?? (typeof value === 'number' ? 'choose a currency' : '')}
        </output>
      </div>
      {decimal && (
        <div className="ambiguous" role="alert">
          <span>{text} has decimals, and Stripe takes the smallest unit. Which amount do you mean?</span>
          {asMajor !== undefined && (
            <button type="button" className="small" onClick={() => choose(asMajor)}>
              {asMajor} = {formatMoney(asMajor, currency ?? 'usd')}
            </button>
          )}
          {asMinor !== undefined && (
            <button type="button" className="small" onClick={() => choose(asMinor)}>
              {asMinor} = {formatMoney(asMinor, currency ?? 'usd')}
            </button>
          )}
        </div>
      )}
    </>
  );
}
