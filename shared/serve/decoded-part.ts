import { invalid } from '../errors.ts';

/** A part of a path, decoded; what is not encoded as one is bad input under `field`. */
export function decodedPart(part: string, field: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid([{ field, description: 'is not encoded as a part of a URL' }]);
  }
}
