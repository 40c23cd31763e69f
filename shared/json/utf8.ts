/**
 * Decodes the bytes of a JSON text. Returns undefined if they are not valid UTF-8. RFC 8259 requires UTF-8.
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function decodeJsonBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
