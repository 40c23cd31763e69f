/**
 * What Stripe takes for a file by its purpose: formats, bytes at most, days until it expires, and whether a link may lead
 * to it. https://docs.stripe.com/file-upload, https://docs.stripe.com/api/files/create. A purpose that has no row there takes
 * any content.
 */
export interface PurposeRule {
  readonly formats?: readonly Format[];
  readonly mostBytes?: number;
  readonly expiresAfterDays?: number;
  /** Of what a link may lead to. */
  readonly linked?: true;
}

export type Format = 'pdf' | 'jpg' | 'png' | 'gif' | 'svg' | 'json';

const MB = 1024 * 1024;
const DOCUMENT: readonly Format[] = ['pdf', 'jpg', 'png'];
const PICTURE: readonly Format[] = ['jpg', 'png', 'gif'];

export const PURPOSES: Readonly<Record<string, PurposeRule>> = {
  account_requirement: { formats: DOCUMENT, mostBytes: 64 * MB },
  additional_verification: { formats: DOCUMENT },
  business_icon: { formats: PICTURE, mostBytes: MB / 2, linked: true },
  business_logo: { formats: PICTURE, mostBytes: MB / 2, linked: true },
  customer_signature: { formats: ['jpg', 'png', 'svg'], mostBytes: 4 * MB, expiresAfterDays: 7, linked: true },
  // Nine months.
  dispute_evidence: { formats: DOCUMENT, mostBytes: 5 * MB, expiresAfterDays: 274, linked: true },
  identity_document: { formats: DOCUMENT, mostBytes: 32 * MB },
  issuing_regulatory_reporting: { formats: ['json'], mostBytes: MB / 4, expiresAfterDays: 730, linked: true },
  pci_document: { formats: ['pdf'], mostBytes: 16 * MB, linked: true },
  tax_document_user_upload: { mostBytes: 16 * MB, linked: true },
  terminal_android_apk: { linked: true },
  terminal_reader_splashscreen: { linked: true },
};

export const MIME_TYPES: Readonly<Record<Format, string>> = {
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** What a file of each format begins with; Stripe looks at the content, not at what the caller says of it. */
const FILE_SIGNATURES: readonly (readonly [begins: string, format: Format])[] = [
  ['%PDF-', 'pdf'],
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpg'],
  ['GIF8', 'gif'],
  ['<svg', 'svg'],
  ['<?xml', 'svg'],
  ['{', 'json'],
  ['[', 'json'],
];

export function formatOf(bytes: Buffer): Format | undefined {
  const begins = bytes.toString('latin1', 0, 8);
  return FILE_SIGNATURES.find(([magic]) => begins.startsWith(magic))?.[1];
}
