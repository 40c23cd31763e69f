import { isHash, type StoredObject } from '../store.ts';

/** Values of test accounts that fail the verification, with the code of the error. https://docs.stripe.com/connect/testing */
const FAILING_VALUES: readonly (readonly [path: string, value: string, code: string])[] = [
  ['business_profile.name', 'disallowed_dba', 'invalid_business_profile_name_denylisted'],
  ['business_profile.name', 'invalid_dba', 'invalid_business_profile_name'],
  ['business_profile.product_description', 'require_url', 'invalid_url_web_presence_detected'],
  ['business_profile.url', 'https://disallowed.stripe.com', 'invalid_url_denylisted'],
  ['business_profile.url', 'https://geoblocked.stripe.com', 'invalid_url_website_inaccessible_geoblocked'],
  ['business_profile.url', 'https://problem.stripe.com', 'invalid_url_website_other'],
  ['business_profile.url', 'https://missing.stripe.com', 'invalid_url_website_incomplete'],
  ['business_profile.url', 'https://mismatch.stripe.com', 'invalid_url_website_business_information_mismatch'],
  [
    'business_profile.url',
    'https://passwordprotected.stripe.com',
    'invalid_url_website_inaccessible_password_protected',
  ],
  ['business_profile.url', 'https://underconstruction.stripe.com', 'invalid_url_website_incomplete_under_construction'],
  ['business_profile.url', 'https://inaccessible.stripe.com', 'invalid_url_website_inaccessible'],
  ['settings.payments.statement_descriptor', 'mismatch', 'invalid_statement_descriptor_business_mismatch'],
  ['settings.payments.statement_descriptor', 'disallowed', 'invalid_statement_descriptor_denylisted'],
  ['settings.card_payments.statement_descriptor_prefix', 'mismatch', 'invalid_statement_descriptor_prefix_mismatch'],
  [
    'settings.card_payments.statement_descriptor_prefix',
    'disallowed',
    'invalid_statement_descriptor_prefix_denylisted',
  ],
];

interface VerificationError {
  readonly code: string;
  readonly reason: string;
  /** The field of the account that has to change, such as `business_profile.url`. */
  readonly requirement: string;
}

interface Requirements extends Readonly<Record<string, unknown>> {
  readonly errors: readonly VerificationError[];
}

/** Returns the value of an account at a path such as `business_profile.url`. */
function accountValue(account: StoredObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isHash(value) ? value[name] : undefined), account);
}

/** Returns the field `requirements`, which is the same in an account and in its capabilities. https://docs.stripe.com/api/capabilities/object#capability_object-requirements */
export function requirementsOf(account: StoredObject): Requirements {
  const errors = FAILING_VALUES.filter(([path, value]) => accountValue(account, path) === value).map(
    ([requirement, , code]): VerificationError => ({
      code,
      reason: `The value of ${requirement} could not be verified.`,
      requirement,
    }),
  );
  const due = errors.map(({ requirement }) => requirement);
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason: due.length > 0 ? 'requirements.fields_needed' : null,
    errors,
    eventually_due: due,
    past_due: due,
    pending_verification: [],
  };
}
