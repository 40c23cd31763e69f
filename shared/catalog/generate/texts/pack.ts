/** Packs the descriptions of the catalog: the project's own texts, Stripe's comments, and texts derived from types. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type ts from 'typescript';
import type { PackedDescriptions, TextTree } from '../../descriptions.ts';
import { routesOf } from '../../routes.ts';
import type { Action, Entity, Fields, Operation, OperationDefinition } from '../../types.ts';
import { classify, type OperationMethod } from '../classify.ts';
import { readDeclarations } from '../declarations.ts';
import { sdkMethods } from '../sdk-methods.ts';
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
  const { operations, actions } = classify(sdkMethods(types, stripe));
  const texts = new TextList();
  const treeOf = (fields: Fields, comments: Comments, owner: string): TextTree =>
    texts.tree(fields, comments, (field) => describeField(field, owner, words));
  const paramsOf = (fields: Fields, declared: readonly (ts.Type | undefined)[], owner: string): TextTree =>
    treeOf(fields, commentsOn(checker, fields, defined(declared)), owner);

  const entities = catalog.entities.map(({ entity: name, fields, operations: definitions }) => {
    const methods = operations.filter(({ entity }) => entity === name);
    const byOperation: OperationTexts = {};
    for (const [operation, definition] of Object.entries(definitions) as [Operation, OperationDefinition][]) {
      const operationMethods = methods.filter((method) => method.operation === operation);
      const merged = Object.assign({}, ...routesOf(definition).map(({ params }) => params)) as Fields;
      byOperation[operation] = {
        text: texts.index(
          firstSentence(
            operationMethods.map(({ method }) => method.comment),
            [name, operation, 'retrieve', 'return'],
          ),
        ),
        params: paramsOf(
          merged,
          operationMethods.map(({ method }) => method.params),
          operation === 'List' ? name : `${name}.`,
        ),
      };
    }
    const comments = commentsOn(checker, fields, responseTypes(types, name, methods));
    const text = texts.index(words.entities[name] ?? '');
    return [name, { text, fields: treeOf(fields, comments, name), operations: byOperation }] as const;
  });
  const actionTexts = catalog.actions.map((definition) => {
    const { action, fields, params } = definition;
    const methods = actions.filter((candidate) => candidate.action === action).map(({ method }) => method);
    const comments = commentsOn(checker, params, defined(methods.map((method) => method.params)));
    const methodComments = methods.map((method) => method.comment);
    const text = texts.index(words.actions[action] ?? firstSentence(methodComments, [action]));
    const inputComments = commentsByInput(definition, comments);
    return [action, { text, params: treeOf(fields ?? params, inputComments, `${action}.`) }] as const;
  });
  return {
    notice: readFileSync(
      path.join(path.dirname(createRequire(import.meta.url).resolve('stripe')), '../LICENSE'),
      'utf8',
    ),
    examples: words.examples,
    texts: texts.all,
    entities: Object.fromEntries(entities),
    actions: Object.fromEntries(actionTexts),
  };
}

function defined<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
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

/** Returns the comments by the names of an action's inputs, some of which differ from Stripe's parameters. */
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

  index(text: string): number {
    const known = this.indexes.get(text);
    if (known !== undefined) return known;
    this.indexes.set(text, this.all.length);
    return this.all.push(text) - 1;
  }

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
        const inside = this.inside(field.type, inner, describe, fieldPath);
        return [name, Object.keys(inside).length === 0 ? text : [text, inside]];
      }),
    );
  }

  private inside(
    type: Fields[string]['type'],
    comments: Comments,
    describe: (field: DescribedField) => string,
    fieldPath: readonly string[],
  ): TextTree {
    if (typeof type === 'string') return {};
    if ('object' in type) return this.tree(type.object, comments, describe, fieldPath);
    if ('array' in type) return this.inside(type.array, comments, describe, fieldPath);
    if ('anyOf' in type)
      return Object.assign(
        {},
        ...type.anyOf.map((each) => this.inside(each, comments, describe, fieldPath)),
      ) as TextTree;
    if (!('map' in type)) return {};
    const values = this.inside(type.map, comments['*']?.inner ?? {}, describe, [...fieldPath, '*']);
    return Object.keys(values).length === 0 ? {} : { '*': [0, values] };
  }
}

export interface DescribedField {
  readonly path: readonly string[];
  readonly field: Fields[string];
  readonly comment: string;
}
