export function functionZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array;
