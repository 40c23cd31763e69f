import { minorUnits, formatMoney } from '../../../format/money.ts';
import { useFieldContext } from '../field-context.ts';
import type { ControlProps, FieldProps } from '../field-input.tsx';
import { parseInput } from '../input-kind.ts';
import { useDraft } from '../use-draft.ts';

function amountText(value: unknown): string {
  return value === undefined ? '' : String(value);
}

/**
 * An amount in the currency's minor unit, with its value in the major unit next to it. A decimal text such as 15.00 is
 * not sent: the user must first choose between 15 dollars and 15 cents.
 * https://docs.stripe.com/currencies#zero-decimal
 */
export function AmountInput({ value, siblings, control, onChange }: FieldProps & { readonly control: ControlProps }) {
  const { currency: formCurrency } = useFieldContext();
  const ownCurrency = siblings['Currency'] ?? siblings['currency'];
  const currency = typeof ownCurrency === 'string' && ownCurrency !== '' ? ownCurrency : formCurrency;
  const [text, setText] = useDraft(value, amountText, onChange);
  // `parseInput` leaves a decimal amount as a text, which the form does not send.
  const change = (written: string): void => setText(written, parseInput('amount', written.trim()));
  // The pressed button disappears, so the focus returns to the amount.
  const choose = (amount: number): void => {
    change(String(amount));
    document.getElementById(control.id)?.focus();
  };
  const isDecimal = /^-?\d+[.,]\d+$/.test(text.trim());
  const worth = typeof value === 'number' ? formatMoney(value, currency) : undefined;
  const asMajor = isDecimal ? minorUnits(text, currency ?? 'usd') : undefined;
  // 12.00 can mean 12 cents, but 12.50 cannot.
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
      {isDecimal && (
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
