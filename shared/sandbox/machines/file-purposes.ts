/**
 * Stripe's rules for the files of one purpose. A purpose without a rule accepts any content.
 * https://docs.stripe.com/file-upload, https://docs.stripe.com/api/files/create
 */
export interface PurposeRule {
  readonly formats?: readonly Format[];
  readonly maxBytes?: number;
  readonly expiresAfterDays?: number;
  /** True if a file link can be created for the file. */
  readonly allowsLink?: true;
}

export type Format = 'pdf' | 'jpg' | 'png' | 'gif' | 'svg' | 'json';

const MB = 1024 * 1024;
const DOCUMENT: readonly Format[] = ['pdf', 'jpg', 'png'];
const PICTURE: readonly Format[] = ['jpg', 'png', 'gif'];

export const PURPOSES: Readonly<Record<string, PurposeRule>> = {
  account_requirement: { formats: DOCUMENT, maxBytes: 64 * MB },
  additional_verification: { formats: DOCUMENT },
  business_icon: { formats: PICTURE, maxBytes: MB / 2, allowsLink: true },
  business_logo: { formats: PICTURE, maxBytes: MB / 2, allowsLink: true },
  customer_signature: { formats: ['jpg', 'png', 'svg'], maxBytes: 4 * MB, expiresAfterDays: 7, allowsLink: true },
  // Stripe's documentation says nine months, which are 274 days.
  dispute_evidence: { formats: DOCUMENT, maxBytes: 5 * MB, expiresAfterDays: 274, allowsLink: true },
  identity_document: { formats: DOCUMENT, maxBytes: 32 * MB },
  issuing_regulatory_reporting: { formats: ['json'], maxBytes: MB / 4, expiresAfterDays: 730, allowsLink: true },
  pci_document: { formats: ['pdf'], maxBytes: 16 * MB, allowsLink: true },
  tax_document_user_upload: { maxBytes: 16 * MB, allowsLink: true },
  terminal_android_apk: { allowsLink: true },
  terminal_reader_splashscreen: { allowsLink: true },
};

export const MIME_TYPES: Readonly<Record<Format, string>> = {
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** The first bytes of each format. Stripe decides by the content, and ignores the content type in the request. */
const FILE_SIGNATURES: readonly (readonly [signature: string, format: Format])[] = [
  ['%PDF-', 'pdf'],
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpg'],
  ['GIF8', 'gif'],
  ['<svg', 'svg'],
  ['<?xml', 'svg'],
  ['{', 'json'],
  ['[', 'json'],
];

/** Returns the format of a file by its first bytes. */
export function formatOf(bytes: Buffer): Format | undefined {
  const firstBytes = bytes.toString('latin1', 0, 8);
  return FILE_SIGNATURES.find(([signature]) => firstBytes.startsWith(signature))?.[1];
}
