import type { ControlProps } from '../field-input.tsx';
import { SuggestInput, type Suggestion } from './suggest-input.tsx';

/** Region codes that are not countries, although browsers have names for them. */
const NON_COUNTRY_CODES = /^(AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|X[A-Z]|ZZ)$/;

/** The country codes of ISO 3166-1 alpha-2: each two-letter code for which the browser has the name of a country. */
function countries(): readonly string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => names.of(code) !== undefined && !NON_COUNTRY_CODES.test(code));
}

/** Currencies that are suggested first. */
const COMMON_CURRENCIES = ['usd', 'eur', 'gbp', 'jpy', 'cad', 'aud', 'chf'];

type CodeKind = 'country' | 'currency';

/** The kind of code that an input with this name contains. Undefined for other inputs. */
export function codeKindOf(name: string): CodeKind | undefined {
  if (/^country$/i.test(name)) return 'country';
  return /^currency$/i.test(name) ? 'currency' : undefined;
}

function suggestionsOf(kind: CodeKind): readonly Suggestion[] {
  const names = new Intl.DisplayNames('en', { type: kind === 'country' ? 'region' : 'currency' });
  const codes =
    kind === 'country'
      ? countries()
      : [...new Set([...COMMON_CURRENCIES, ...Intl.supportedValuesOf('currency').map((code) => code.toLowerCase())])];
  return codes.map((value) => ({ value, note: names.of(value.toUpperCase()) ?? '' }));
}

const suggestions: Readonly<Record<CodeKind, readonly Suggestion[]>> = {
  country: suggestionsOf('country'),
  currency: suggestionsOf('currency'),
};

interface CodeInputProps {
  readonly kind: CodeKind;
  readonly value: unknown;
  readonly control: ControlProps;
  readonly onChange: (value: unknown) => void;
}

/** The code of a country or a currency. The user can also type its English name. */
export function CodeInput({ kind, value, control, onChange }: CodeInputProps) {
  return (
    <SuggestInput
      text={value === undefined ? '' : String(value)}
      suggestions={suggestions[kind]}
      control={control}
      label={kind === 'country' ? 'Countries' : 'Currencies'}
      placeholder={kind === 'country' ? 'IE, or type Ireland' : 'usd, or type Euro'}
      onChange={(text) => onChange(text === '' ? undefined : text)}
    />
  );
}
