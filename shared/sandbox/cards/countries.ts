import type { CardRow } from './card-row.ts';

/**
 * Numbers of test cards by the country of the issuer, which is also their name: `pm_card_br`, `tok_br`. Payments with
 * these cards succeed.
 * https://docs.stripe.com/testing#international-cards
 */
const VISA: Readonly<Record<string, string>> = {
  ar: '4000000320000021',
  br: '4000000760000002',
  ca: '4000001240000000',
  cl: '4000001520000001',
  co: '4000001700000003',
  cr: '4000001880000005',
  ec: '4000002180000000',
  mx: '4000004840008001',
  pa: '4000005910000000',
  py: '4000006000000066',
  pe: '4000006040000068',
  uy: '4000008580000003',
  ae: '4000007840000001',
  at: '4000000400000008',
  be: '4000000560000004',
  bg: '4000001000000000',
  by: '4000001120000005',
  hr: '4000001910000009',
  cy: '4000001960000008',
  cz: '4000002030000002',
  dk: '4000002080000001',
  ee: '4000002330000009',
  fi: '4000002460000001',
  fr: '4000002500000003',
  de: '4000002760000016',
  gi: '4000002920000005',
  gr: '4000003000000030',
  hu: '4000003480000005',
  ie: '4000003720000005',
  it: '4000003800000008',
  lv: '4000004280000005',
  li: '4000004380000004',
  lt: '4000004400000000',
  lu: '4000004420000006',
  mt: '4000004700000007',
  nl: '4000005280000002',
  no: '4000005780000007',
  pl: '4000006160000005',
  pt: '4000006200000007',
  ro: '4000006420000001',
  sa: '4000006820000007',
  si: '4000007050000006',
  sk: '4000007030000001',
  es: '4000007240000007',
  se: '4000007520000008',
  ch: '4000007560000009',
  gb: '4000008260000000',
  au: '4000000360000006',
  cn: '4000001560000002',
  hk: '4000003440000004',
  in: '4000003560000008',
  jp: '4000003920000003',
  my: '4000004580000002',
  nz: '4000005540000008',
  sg: '4000007020000003',
  tw: '4000001580000008',
  th: '4000007640000003',
};

export const COUNTRY_ROWS: readonly CardRow[] = [
  ...Object.entries(VISA).map(([code, number]): CardRow => {
    const names = code === 'th' ? ['th', 'th_credit'] : [code];
    return { number, names, brand: 'visa', country: code.toUpperCase() };
  }),
  { number: '5062210000000009', brand: 'carnet', country: 'MX' },
  { number: '4000058260000005', names: ['gb_debit'], brand: 'visa', funding: 'debit', country: 'GB' },
  { number: '5200007840000022', names: ['ae_mastercard'], brand: 'mastercard', country: 'AE' },
  { number: '5555558265554449', names: ['gb_mastercard'], brand: 'mastercard', country: 'GB' },
  { number: '3530111333300000', brand: 'jcb', country: 'JP' },
  { number: '4000057640000008', names: ['th_debit'], brand: 'visa', funding: 'debit', country: 'TH' },
];
