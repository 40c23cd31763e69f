/** Every test card of https://docs.stripe.com/testing that is paid with: number, brand, country, funding, ends of its names. */
export interface ListedCard {
  readonly number: string;
  readonly brand: string;
  readonly country: string;
  readonly funding: string;
  /** `visa` is `pm_card_visa` and `tok_visa`. */
  readonly names: readonly string[];
}

function listed(lines: string): readonly ListedCard[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [number = '', brand = '', country = '', funding = '', ...names] = line.trim().split(/\s+/);
      return { number, brand, country, funding, names };
    });
}

/** https://docs.stripe.com/testing#cards and #hsa-fsa-cards. */
export const BY_BRAND = listed(`
  4242424242424242 visa US credit visa
  4000056655665556 visa US debit visa_debit
  5555555555554444 mastercard US credit mastercard
  2223003122003222 mastercard US credit
  5200828282828210 mastercard US debit mastercard_debit
  5105105105105100 mastercard US prepaid mastercard_prepaid
  378282246310005 amex US credit amex
  371449635398431 amex US credit
  6011111111111117 discover US credit discover
  6011000990139424 discover US credit
  6011981111111113 discover US debit
  3056930009020004 diners US credit diners
  36227206271667 diners US credit
  6555900000604105 discover KR credit
  3566002020360505 jcb JP credit jcb
  6200000000000005 unionpay CN credit unionpay
  6200000000000047 unionpay CN debit
  6205500000000000004 unionpay CN credit
  4000002500001001 visa FR credit visa_cartesBancaires
  5555552500001001 mastercard FR credit mastercard_cartesBancaires
  4000050360000001 visa AU debit visa_debit_eftposAuCoBranded
  5555050360000080 mastercard AU debit mastercard_debit_eftposAuCoBranded
  4000051230000072 visa US debit debit_visaFsaProductCode debit_visaHsaProductCode
  5200828282828897 mastercard US debit mastercard_debit_mastercardFsaProductCode
`);

/** https://docs.stripe.com/testing#international-cards */
export const BY_COUNTRY = listed(`
  4000000320000021 visa AR credit ar
  4000000760000002 visa BR credit br
  4000001240000000 visa CA credit ca
  4000001520000001 visa CL credit cl
  4000001700000003 visa CO credit co
  4000001880000005 visa CR credit cr
  4000002180000000 visa EC credit ec
  4000004840008001 visa MX credit mx
  5062210000000009 carnet MX credit
  4000005910000000 visa PA credit pa
  4000006000000066 visa PY credit py
  4000006040000068 visa PE credit pe
  4000008580000003 visa UY credit uy
  4000007840000001 visa AE credit ae
  5200007840000022 mastercard AE credit ae_mastercard
  4000000400000008 visa AT credit at
  4000000560000004 visa BE credit be
  4000001000000000 visa BG credit bg
  4000001120000005 visa BY credit by
  4000001910000009 visa HR credit hr
  4000001960000008 visa CY credit cy
  4000002030000002 visa CZ credit cz
  4000002080000001 visa DK credit dk
  4000002330000009 visa EE credit ee
  4000002460000001 visa FI credit fi
  4000002500000003 visa FR credit fr
  4000002760000016 visa DE credit de
  4000002920000005 visa GI credit gi
  4000003000000030 visa GR credit gr
  4000003480000005 visa HU credit hu
  4000003720000005 visa IE credit ie
  4000003800000008 visa IT credit it
  4000004280000005 visa LV credit lv
  4000004380000004 visa LI credit li
  4000004400000000 visa LT credit lt
  4000004420000006 visa LU credit lu
  4000004700000007 visa MT credit mt
  4000005280000002 visa NL credit nl
  4000005780000007 visa NO credit no
  4000006160000005 visa PL credit pl
  4000006200000007 visa PT credit pt
  4000006420000001 visa RO credit ro
  4000006820000007 visa SA credit
  4000007050000006 visa SI credit si
  4000007030000001 visa SK credit sk
  4000007240000007 visa ES credit es
  4000007520000008 visa SE credit se
  4000007560000009 visa CH credit ch
  4000008260000000 visa GB credit gb
  4000058260000005 visa GB debit gb_debit
  5555558265554449 mastercard GB credit gb_mastercard
  4000000360000006 visa AU credit au
  4000001560000002 visa CN credit cn
  4000003440000004 visa HK credit hk
  4000003560000008 visa IN credit in
  4000003920000003 visa JP credit jp
  3530111333300000 jcb JP credit
  4000004580000002 visa MY credit my
  4000005540000008 visa NZ credit nz
  4000007020000003 visa SG credit sg
  4000001580000008 visa TW credit tw
  4000007640000003 visa TH credit th_credit
  4000057640000008 visa TH debit th_debit
`);

/** Cards that succeed with the default settings of Radar. https://docs.stripe.com/testing#fraud-prevention, #three-ds-cards */
export const SUCCEEDING = listed(`
  4000000000009235 visa US credit riskLevelElevated
  4000008400000407 visa US credit highFraudDisputeScore
  4000008400000159 visa US credit highEfwScore
  4000008400001017 visa US credit radarDynamicRiskThreshold
  4000008405600003 visa US credit adaptive3dsChallenge
  4000000000000101 visa US credit cvcCheckFail
  4000000000000036 visa US credit avsZipFail
  4000058400307872 visa US credit cvcCheckFailElevatedRisk
  4000058400306072 visa US credit avsZipFailElevatedRisk
  4000000000000028 visa US credit avsLine1Fail
  4000000000000010 visa US credit avsFail
  4000000000000044 visa US credit avsUnchecked
  4000000000000077 visa US credit bypassPending
  4000003720000278 visa IE credit bypassPendingInternational
  4000000000003055 visa US credit threeDSecureOptional
  4000000000003097 visa US credit threeDSecureOptionalProcessingError
  4000000032200000 visa US credit
  4000000000001208 visa US credit
  4000000000003725 visa US credit
  4000000000007726 visa US credit pendingRefund
  4000000000005126 visa US credit refundFail
`);
