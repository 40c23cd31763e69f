import { settingsInvalid } from '../errors.ts';

/**
 * Decodes a settings file. Without a byte order mark the file is UTF-8. With one, the mark selects the encoding and is
 * removed. Windows PowerShell's `>` writes UTF-16 with a mark.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
 */
export function fileText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw settingsInvalid(`the settings file is not valid ${encoding.toUpperCase()}; save it as UTF-8`);
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
