export function parseManifest(
  text: string,
  readCatalog: (file: string) => unknown,
): readonly { readonly name: string }[];
