/** Names that two files of `shared/` still define. The list may only shrink. */
export const HOMONYMS: readonly string[] = [
  'idOf',
  'inputOf',
  'isObject',
  'MAX_NAME_LENGTH',
  'MS',
  'Node',
  'objectOf',
  'pageOf',
  'SECOND_US',
  'snake',
  'StripeEvent',
  'Tree',
];
