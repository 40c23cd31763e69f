import type { OtherVersion } from './schema-versions.ts';

/** What test/fixtures/google-schema.json holds. */
export interface Schema {
  readonly provider: string;
  /** An older version and the newest whose types are published. */
  readonly others: readonly OtherVersion[];
  readonly resources: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, Nested>>;
}

export interface Attribute {
  readonly type: Primitive | { readonly list: Primitive } | { readonly map: Primitive };
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
}

type Primitive = 'string' | 'number' | 'bool';

export interface Nested {
  readonly nesting: 'list' | 'set';
  readonly least?: number;
  readonly most?: number;
  readonly block: Block;
}
