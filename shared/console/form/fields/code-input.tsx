import type { ControlProps } from './field-input.tsx';
import { SuggestInput, type Suggestion } from './suggest-input.tsx';

/** ISO 3166-1 alpha-2. */
const COUNTRIES =
  'AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS YE YT ZA ZM ZW';

/** Offered first. */
const COMMON_CURRENCIES = ['usd', 'eur', 'gbp', 'jpy', 'cad', 'aud', 'chf'];

type CodeKind = 'country' | 'currency';

/** Whether an input with this name is a code with a name in English. */
export function codeKindOf(name: string): CodeKind | undefined {
  if (/^country$/i.test(name)) return 'country';
  return /^currency$/i.test(name) ? 'currency' : undefined;
}

function suggestionsOf(kind: CodeKind): readonly Suggestion[] {
  const names = new Intl.DisplayNames('en', { type: kind === 'country' ? 'region' : 'currency' });
  const codes =
    kind === 'country'
      ? COUNTRIES.split(' ')
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

/** The code of a country or a currency, found by its name as well. */
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
