/**
 * Returns 128 random bits in the format of a UUID. `crypto.randomUUID` is missing on pages that are not secure
 * contexts, such as pages over HTTP from a host other than localhost.
 * https://developer.mozilla.org/en-US/docs/Web/API/Crypto/randomUUID
 */
export function newOperationId(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
