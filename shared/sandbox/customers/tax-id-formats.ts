import { badRequest } from '../api-error.ts';

/**
 * The format of a VAT number in each country of the European Union and in Northern Ireland (`XI`), without the two
 * letters of the country. https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id,
 * https://ec.europa.eu/taxation_customs/vies/#/faq
 */
const EU_VAT: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-Z0-9]{2}\d{9}$/,
  GR: /^\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^[0-9A-Z+*]{8,9}$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[0-9A-Z+*]{12}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(\d{9}|\d{12}|[GH][AD]\d{3})$/,
};

/**
 * Formats of tax ids of types other than `eu_vat`. Spaces, dots and dashes are removed before the check.
 * https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id
 */
const FORMATS: Readonly<Record<string, RegExp>> = {
  au_abn: /^\d{11}$/,
  br_cnpj: /^[0-9A-Z]{12}\d{2}$/,
  br_cpf: /^\d{11}$/,
  ca_bn: /^\d{9}$/,
  ca_gst_hst: /^\d{9}RT\d{4}$/,
  ch_vat: /^CHE\d{9}(MWST|TVA|IVA)?$/,
  gb_vat: /^GB(\d{9}|\d{12}|(GD|HA)\d{3})$/,
  in_gst: /^\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]$/,
  jp_cn: /^\d{13}$/,
  mx_rfc: /^[A-ZÑ&]{3,4}\d{6}[0-9A-Z]{3}$/,
  no_vat: /^\d{9}MVA$/,
  nz_gst: /^\d{8,9}$/,
  us_ein: /^\d{9}$/,
  za_vat: /^4\d{9}$/,
};

/** Rejects a tax id without the format of its type. Accepts any tax id of a type that the tables above do not have. https://docs.stripe.com/error-codes#tax-id-invalid */
export function checkTaxId(type: string, value: string): void {
  const text = value.toUpperCase().replace(/[ .-]/g, '');
  const isEuVat = type === 'eu_vat';
  if (!isEuVat && FORMATS[type] === undefined) return;
  const format = isEuVat ? EU_VAT[text.slice(0, 2)] : FORMATS[type];
  if (format?.test(isEuVat ? text.slice(2) : text) === true) return;
  throw badRequest(`Invalid value for ${type}.`, { code: 'tax_id_invalid', param: 'value' });
}
