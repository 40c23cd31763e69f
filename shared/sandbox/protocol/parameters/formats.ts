import { requireCurrency } from '../../ledger/currencies.ts';
import { badRequest } from '../../api-error.ts';
import { isHash } from '../../store.ts';

const EMAIL_PARAMS = new Set(['customer_email', 'email', 'receipt_email']);

/**
 * Parameters with the URL to which a customer returns. Mobile apps have URLs of their own scheme, so any scheme is
 * valid.
 */
const RETURN_URL_PARAMS = new Set(['refresh_url', 'return_url']);

const DESCRIPTOR_PARAMS = new Set(['statement_descriptor', 'statement_descriptor_suffix']);
const MAX_DESCRIPTOR = 22;

/** An e-mail address as Stripe accepts it: one `@`, no spaces, a domain with a dot. */
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/**
 * Checks the format of a write's parameters, at any depth except in metadata: e-mail addresses, URLs, currencies,
 * countries of addresses and statement descriptors. Also changes currencies to lower case.
 */
export function checkFormats(params: Record<string, unknown> | readonly unknown[], parent = ''): void {
  for (const [name, value] of Object.entries(params)) {
    const param = parent === '' ? name : `${parent}[${name}]`;
    if (Array.isArray(value) || isHash(value)) {
      if (name !== 'metadata') checkFormats(value, param);
    } else if (typeof value === 'string' && value !== '') {
      if (EMAIL_PARAMS.has(name)) checkEmail(value, param);
      if (RETURN_URL_PARAMS.has(name)) checkReturnUrl(value, param);
      if (name === 'currency' && isHash(params)) params[name] = requireCurrency(value, param);
      if (DESCRIPTOR_PARAMS.has(name)) checkDescriptor(value, param);
      if (param.endsWith('address[country]')) checkCountry(value, param);
    }
  }
}

/**
 * Checks a statement descriptor: at most 22 characters, with at least one letter and without the special characters
 * that Stripe forbids. https://docs.stripe.com/get-started/account/statement-descriptors#requirements
 */
function checkDescriptor(descriptor: string, param: string): void {
  if (descriptor.length > MAX_DESCRIPTOR)
    throw badRequest(`Invalid string: ${descriptor}; must be at most ${MAX_DESCRIPTOR} characters`, { param });
  if (/[<>\\'"*]/.test(descriptor))
    throw badRequest('The statement descriptor must not contain any of these characters: < > \\ \' " *', {
      param,
    });
  if (!/\p{L}/u.test(descriptor))
    throw badRequest('The statement descriptor must contain at least one letter.', { param });
}

/** https://docs.stripe.com/error-codes#email-invalid */
function checkEmail(email: string, param: string): void {
  if (!EMAIL.test(email)) throw badRequest(`Invalid email address: ${email}`, { code: 'email_invalid', param });
}

/** https://docs.stripe.com/error-codes#url-invalid */
function checkReturnUrl(url: string, param: string): void {
  if (!URL.canParse(url)) throw badRequest('Not a valid URL', { code: 'url_invalid', param });
}

/** Checks a country code: two letters of ISO 3166-1. https://docs.stripe.com/error-codes#country-code-invalid */
function checkCountry(country: string, param: string): void {
  if (/^[a-z]{2}$/i.test(country)) return;
  throw badRequest(
    `Country '${country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'. A full list of codes is available at https://stripe.com/global`,
    { code: 'country_code_invalid', param },
  );
}
