/** Packs the descriptions of the catalog: the project's own texts, Stripe's comments, and texts derived from types. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type ts from 'typescript';
import type { PackedDescriptions, TextTree } from '../../descriptions.ts';
import { routesOf } from '../../routes.ts';
import type { Action, Entity, Fields, Operation, OperationDefinition } from '../../types.ts';
import { classify, type Classified, type OperationMethod } from '../classify.ts';
import { readDeclarations } from '../declarations.ts';
import { sdkMethods, type SdkMethod } from '../sdk-methods.ts';
import { SdkTypes } from '../types.ts';
import { commentsOn, type CommentTree } from './comments.ts';
import { describeField, type Words } from './describe-field.ts';
import { describingSentence } from './sentence.ts';

type Comments = Readonly<Record<string, CommentTree>>;
type OperationTexts = Partial<Record<Operation, { text: number; params: TextTree }>>;

/** The catalog that the texts describe. */
export interface DescribedCatalog {
  readonly entities: readonly Entity[];
  readonly actions: readonly Action[];
}

/** Returns the packed descriptions of a catalog. `words` are the project's own texts. */
export function packDescriptions(catalog: DescribedCatalog, words: Words): PackedDescriptions {
  const { checker, stripe } = readDeclarations();
  const types = new SdkTypes(checker);
  const packer = new DescriptionPacker(types, classify(sdkMethods(types, stripe)), words);
  const entities = catalog.entities.map((entity) => [entity.entity, packer.packEntity(entity)] as const);
  const actions = catalog.actions.map((action) => [action.action, packer.packAction(action)] as const);
  const license = path.join(path.dirname(createRequire(import.meta.url).resolve('stripe')), '../LICENSE');
  return {
    notice: readFileSync(license, 'utf8'),
    examples: words.examples,
    texts: packer.texts.all,
    entities: Object.fromEntries(entities),
    actions: Object.fromEntries(actions),
  };
}

/** Packs the descriptions of entities and actions. All of them share one list of texts. */
class DescriptionPacker {
  readonly texts = new TextList();

  constructor(
    private readonly types: SdkTypes,
    private readonly methods: Classified,
    private readonly words: Words,
  ) {}

  packEntity({ entity: name, fields, operations }: Entity): PackedDescriptions['entities'][string] {
    const methods = this.methods.operations.filter(({ entity }) => entity === name);
    const packed: OperationTexts = {};
    for (const [operation, definition] of Object.entries(operations) as [Operation, OperationDefinition][])
      packed[operation] = this.packOperation(
        name,
        operation,
        definition,
        methods.filter((method) => method.operation === operation),
      );
    const comments = commentsOn(this.types.checker, fields, responseTypes(this.types, name, methods));
    const text = this.texts.index(this.words.entities[name] ?? '');
    return { text, fields: this.tree(fields, comments, name, false), operations: packed };
  }

  private packOperation(
    entity: string,
    operation: Operation,
    definition: OperationDefinition,
    methods: readonly OperationMethod[],
  ): { text: number; params: TextTree } {
    const params = Object.assign({}, ...routesOf(definition).map((route) => route.params)) as Fields;
    const methodComments = methods.map(({ method }) => method.comment);
    const text = this.texts.index(firstSentence(methodComments, [entity, operation, 'retrieve', 'return']));
    const comments = this.commentsOnParams(
      params,
      methods.map(({ method }) => method),
    );
    return { text, params: this.tree(params, comments, entity, operation !== 'List') };
  }

  packAction(definition: Action): { text: number; params: TextTree } {
    const { action, fields, params } = definition;
    const methods = this.methods.actions.filter((candidate) => candidate.action === action).map(({ method }) => method);
    const methodComments = methods.map((method) => method.comment);
    const text = this.texts.index(this.words.actions[action] ?? firstSentence(methodComments, [action]));
    const comments = commentsByInput(definition, this.commentsOnParams(params, methods));
    return { text, params: this.tree(fields ?? params, comments, action, true) };
  }

  private commentsOnParams(params: Fields, methods: readonly SdkMethod[]): Comments {
    const declared = methods.map((method) => method.params).filter((type) => type !== undefined);
    return commentsOn(this.types.checker, params, declared);
  }

  /** Describes the fields or inputs of an entity or action, `owner`. */
  private tree(fields: Fields, comments: Comments, owner: string, areInputs: boolean): TextTree {
    return this.texts.tree(fields, comments, (field) =>
      describeField(field, { owner, isInput: areInputs }, this.words),
    );
  }
}

/**
 * Returns the types of the objects that an entity's operations return. A Delete is left out, because it returns less.
 */
function responseTypes(types: SdkTypes, name: string, methods: readonly OperationMethod[]): ts.Type[] {
  return methods.flatMap(({ operation, method }) => {
    if (method.responseType === undefined || operation === 'Delete') return [];
    return types.member(method.responseType, name) ?? method.responseType;
  });
}

function firstSentence(comments: readonly string[], names: readonly string[]): string {
  return comments.map((comment) => describingSentence(comment, names)).find((sentence) => sentence !== '') ?? '';
}

/** Returns comments by the input names of an action. Some input names differ from the names of Stripe's parameters. */
function commentsByInput({ renamed: params = {} }: Action, comments: Comments): Comments {
  const inputs = Object.entries(params).flatMap(([input, param]) => {
    const comment = comments[param];
    return comment === undefined ? [] : [[input, comment] as const];
  });
  return { ...comments, ...Object.fromEntries(inputs) };
}

/** A list of texts without duplicates. */
class TextList {
  readonly all: string[] = [''];
  private readonly indexes = new Map<string, number>([['', 0]]);

  /** Returns the index of a text. A new text is added to the list. */
  index(text: string): number {
    const existing = this.indexes.get(text);
    if (existing !== undefined) return existing;
    this.indexes.set(text, this.all.length);
    return this.all.push(text) - 1;
  }

  /** Adds the descriptions of fields to the list, and returns their indexes in the structure of the fields. */
  tree(
    fields: Fields,
    comments: Comments,
    describe: (field: DescribedField) => string,
    pathPrefix: readonly string[] = [],
  ): TextTree {
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => {
        const fieldPath = [...pathPrefix, name];
        const { comment = '', inner = {} } = comments[name] ?? {};
        const text = this.index(describe({ path: fieldPath, field, comment }));
        const innerTree = this.innerTree(field.type, inner, describe, fieldPath);
        return [name, Object.keys(innerTree).length === 0 ? text : [text, innerTree]];
      }),
    );
  }

  private innerTree(
    type: Fields[string]['type'],
    comments: Comments,
    describe: (field: DescribedField) => string,
    fieldPath: readonly string[],
  ): TextTree {
    if (typeof type === 'string') return {};
    if ('object' in type) return this.tree(type.object, comments, describe, fieldPath);
    if ('array' in type) return this.innerTree(type.array, comments, describe, fieldPath);
    if ('anyOf' in type)
      return Object.assign(
        {},
        ...type.anyOf.map((each) => this.innerTree(each, comments, describe, fieldPath)),
      ) as TextTree;
    if (!('map' in type)) return {};
    const values = this.innerTree(type.map, comments['*']?.inner ?? {}, describe, [...fieldPath, '*']);
    return Object.keys(values).length === 0 ? {} : { '*': [0, values] };
  }
}

export interface DescribedField {
  readonly path: readonly string[];
  readonly field: Fields[string];
  readonly comment: string;
}
