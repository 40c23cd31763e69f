/**
 * Decodes UTF-8. Returns undefined if the bytes are not valid UTF-8. JSON must be: RFC 8259,
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
