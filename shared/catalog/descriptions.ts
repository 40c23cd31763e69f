/** Descriptions of entities, actions, fields and inputs, as the build packs them. */
import type { Operation } from './types.ts';

/**
 * The descriptions of fields, in the structure of the fields. A number is the index of the field's text in
 * `PackedDescriptions.texts`. A field with inner fields has a pair: that index and the tree of the inner fields. The
 * values of a map have the name `*`, because callers choose the keys.
 */
export interface TextTree {
  readonly [name: string]: number | readonly [text: number, inner: TextTree];
}

/** The packed file. `texts` has each text once. `entities` and `actions` refer to a text by its index in `texts`. */
export interface PackedDescriptions {
  /** The license of Stripe's package, which most texts are from. */
  readonly notice: string;
  /** Sample ids by entity, and sample texts by the name of a field. */
  readonly examples: Readonly<Record<'ids' | 'fields', Readonly<Record<string, string>>>>;
  readonly texts: readonly string[];
  readonly entities: Readonly<
    Record<
      string,
      {
        readonly text: number;
        readonly fields: TextTree;
        readonly operations: Readonly<Partial<Record<Operation, { readonly text: number; readonly params: TextTree }>>>;
      }
    >
  >;
  readonly actions: Readonly<Record<string, { readonly text: number; readonly params: TextTree }>>;
}

/** Looks up descriptions. Every method returns undefined if there is no text. */
export class Descriptions {
  constructor(private readonly packed: PackedDescriptions) {}

  get notice(): string {
    return this.packed.notice;
  }

  entity(entity: string): string | undefined {
    return this.text(this.packed.entities[entity]?.text);
  }

  /** A sample id of an entity. */
  exampleId(entity: string): string | undefined {
    return this.packed.examples.ids[entity];
  }

  /** A sample text of a field with this name. */
  exampleText(name: string): string | undefined {
    return this.packed.examples.fields[name];
  }

  /** Stripe's description of an operation. */
  operation(entity: string, operation: Operation): string | undefined {
    return this.text(this.packed.entities[entity]?.operations[operation]?.text);
  }

  action(action: string): string | undefined {
    return this.text(this.packed.actions[action]?.text);
  }

  /** The description of a field of Stripe's object. `path` has Stripe's names from the outermost to the innermost. */
  field(entity: string, path: readonly string[]): string | undefined {
    return this.textAt(this.packed.entities[entity]?.fields, path);
  }

  /** The description of an input of an operation, or of a filter of List. */
  parameter(entity: string, operation: Operation, path: readonly string[]): string | undefined {
    return this.textAt(this.packed.entities[entity]?.operations[operation]?.params, path);
  }

  actionInput(action: string, path: readonly string[]): string | undefined {
    return this.textAt(this.packed.actions[action]?.params, path);
  }

  private textAt(tree: TextTree | undefined, [name = '', ...rest]: readonly string[]): string | undefined {
    const node = tree !== undefined && Object.hasOwn(tree, name) ? tree[name] : undefined;
    const [text, inner] = typeof node === 'object' ? node : [node];
    return rest.length === 0 ? this.text(text) : this.textAt(inner, rest);
  }

  private text(index: number | undefined): string | undefined {
    return index === undefined ? undefined : this.packed.texts[index];
  }
}
