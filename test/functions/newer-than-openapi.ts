/**
 * Where the walk's requests differ from Stripe's OpenAPI document of 2024-04-10, and why: the catalog is that of a newer API.
 * The test fails for a difference that is not here, and for a line here that no request needs any more.
 */
export const NEWER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /v1/billing_portal/configurations': {
    "(request): must have required property 'business_profile'": 'optional since 2024-10',
  },
  'POST /v1/customer_sessions': {
    "(request): must have required property 'customer'": 'a session may name customer_account instead',
    'components.active_entitlements: unknown': 'a component added later',
  },
  'POST /v1/promotion_codes': {
    "(request): must have required property 'coupon'": 'replaced by promotion in 2025-09-30.clover',
    'promotion: unknown': 'replaces coupon since 2025-09-30.clover',
  },
  'POST /v1/subscription_schedules': {
    'phases/0.duration: unknown': 'replaces iterations since 2025-09-30.clover',
  },
  'POST /v1/terminal/configurations/{configuration}': {
    'bbpos_wisepad3: unknown': 'a reader added later',
  },
  'POST /v1/terminal/locations': {
    "(request): must have required property 'address'": 'a location may have address_kana or address_kanji instead',
    "(request): must have required property 'display_name'":
      'a location may have display_name_kana or display_name_kanji instead',
  },
  'POST /v1/terminal/readers/{reader}/process_setup_intent': {
    "(request): must have required property 'customer_consent_collected'": 'replaced by allow_redisplay in 2024-10',
    'allow_redisplay: unknown': 'replaces customer_consent_collected since 2024-10',
  },
  'POST /v1/test_helpers/issuing/authorizations': {
    "(request): must have required property 'amount'": 'an authorization may name merchant_amount instead',
  },
};
