import ts from 'typescript';
import { definedFields } from '../../defined-fields.ts';
import { pascal } from '../names.ts';
import { OPEN_INPUTS } from '../overrides.ts';
import { isFraction } from '../field-meaning.ts';
import type { Field, Fields, FieldType } from '../types.ts';
import { mergedFields } from './merge.ts';
import { DELETED, enumOf, isOtherString, literalOf, members, union, withAdded } from './type-parts.ts';

/** Objects at a greater depth become one JSON value, because column names with more parts are too long to be useful. */
const MAX_TYPE_DEPTH = 8;

/** Converts the SDK's declared types to field types. */
export class SdkTypes {
  private readonly resources = new Map<ts.Type, string>();
  private readonly expandables = new Map<string, ts.Type>();

  constructor(readonly checker: ts.TypeChecker) {}

  /** Returns the member of a union by the name of the member's interface. */
  member(union: ts.Type, name: string): ts.Type | undefined {
    return members(union).find((part) => part.symbol.name === name);
  }

  /** Maps an interface to its entity, so that a reference to the interface can name the entity. */
  setEntity(type: ts.Type, entity: string): void {
    this.resources.set(type, entity);
  }

  typeOf(property: ts.Symbol): ts.Type {
    return this.checker.getTypeOfSymbol(property);
  }

  /** Returns the entity's name if the type is a resource (it has an id and a fixed `object` value). */
  private resourceName(type: ts.Type): string | undefined {
    const named = this.resources.get(type);
    if (named !== undefined) return named;
    const objectProperty = type.getProperty('object');
    if (objectProperty === undefined || type.getProperty('id') === undefined) return undefined;
    const object = this.typeOf(objectProperty);
    if (!object.isStringLiteral()) return undefined;
    const { name } = type.symbol;
    // Two resources can have the same interface name. For `reserve.plan`, `Plan` is already the name of another resource.
    const isTaken = [...this.resources.values()].includes(name);
    return isTaken ? object.value.split('.').map(pascal).join('.') : name;
  }

  /**
   * Returns the fields of an interface in the order of the SDK. For a union of objects in a response, the fields of all
   * members are merged.
   */
  fields(type: ts.Type, kind: 'input' | 'output', outerTypes: readonly ts.Type[] = []): Fields {
    if (kind === 'output' && type.isUnion())
      return mergedFields(type.types.map((value) => this.fields(value, kind, outerTypes)));
    const fields: Record<string, Field> = {};
    for (const property of this.checker.getPropertiesOfType(type)) {
      const declared = this.typeOf(property);
      if (members(declared).some((member) => member.flags & ts.TypeFlags.Void)) {
        // `deleted?: void` means that Stripe still returns the object after its deletion, with `deleted: true`.
        if (kind === 'output' && outerTypes.length === 0 && property.name === 'deleted') fields['deleted'] = DELETED;
        continue;
      }
      // Skips the methods that the SDK adds to a response.
      if (kind === 'output' && members(declared).some((member) => member.getCallSignatures().length > 0)) continue;
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      fields[property.name] = this.field(property.name, declared, kind, optional, [...outerTypes, type]);
    }
    return fields;
  }

  /** Converts a property of an interface to a field. */
  private field(
    name: string,
    declared: ts.Type,
    kind: 'input' | 'output',
    optional: boolean,
    outerTypes: readonly ts.Type[],
  ): Field {
    const nullable = members(declared).some(
      (member) =>
        (member.flags & ts.TypeFlags.Null) !== 0 ||
        (member.isStringLiteral() && member.value === '' && kind === 'input'),
    );
    return definedFields({
      type:
        kind === 'input'
          ? withAdded(name, this.fieldTypeOf(name, declared, kind, outerTypes))
          : this.fieldTypeOf(name, declared, kind, outerTypes),
      required: kind === 'input' && !optional ? true : undefined,
      nullable: nullable || (kind === 'output' && optional) ? true : undefined,
      optional: kind === 'output' && optional ? true : undefined,
      inlined: kind === 'output' && this.isInlined(declared) ? true : undefined,
    });
  }

  /** Returns whether every value of a type is an embedded resource, and never only an id. */
  private isInlined(declared: ts.Type): boolean {
    const parts = members(declared).filter((part) => (part.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) === 0);
    return parts.length > 0 && parts.every((part) => this.resourceName(part) !== undefined);
  }

  /** Converts the type of a field. The field's name decides, for example, whether a number may have decimals. */
  fieldTypeOf(name: string, declared: ts.Type, kind: 'input' | 'output', outerTypes: readonly ts.Type[]): FieldType {
    const parts = members(declared).filter(
      (member) =>
        (member.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)) === 0 &&
        !(member.isStringLiteral() && member.value === ''),
    );
    const literals = parts.flatMap((part) => literalOf(part) ?? []);
    // The field contains an id, or the object if the caller expands the field: `string | Customer | DeletedCustomer`.
    const [reference, ...also] = kind === 'output' ? this.expandableNames(parts) : [];
    if (reference !== undefined) return definedFields({ reference, also: also.length === 0 ? undefined : also });
    // Metadata accepts strings. Stripe converts numbers in it to strings. https://docs.stripe.com/api/metadata
    if (name === 'metadata') return { map: 'string' };
    const fieldTypes: FieldType[] = [];
    if (literals.length > 0) {
      const isBoolean = literals.includes(true) && literals.includes(false);
      const isOpen = parts.some(isOtherString) || (kind === 'input' && OPEN_INPUTS.has(name));
      fieldTypes.push(isBoolean ? 'boolean' : enumOf(literals, isOpen));
    }
    for (const part of parts) {
      if (literalOf(part) !== undefined) continue;
      if (isOtherString(part) && literals.length > 0) continue;
      fieldTypes.push(this.singleType(name, part, kind, outerTypes));
    }
    return union(fieldTypes, kind);
  }

  /** Converts one member of a field's declared type. */
  private singleType(name: string, part: ts.Type, kind: 'input' | 'output', outerTypes: readonly ts.Type[]): FieldType {
    const symbol = (part.aliasSymbol ?? part.getSymbol())?.name ?? '';
    if (symbol === 'Decimal') return 'decimal';
    if (part.flags & ts.TypeFlags.String || part.isIntersection()) {
      return name.endsWith('_decimal') ? 'decimal' : 'string';
    }
    if (part.flags & ts.TypeFlags.Number) return isFraction(name) ? 'number' : 'integer';
    if (part.flags & ts.TypeFlags.Boolean) return 'boolean';
    // 64-bit integers are strings in JSON. https://docs.stripe.com/api-v2-overview
    if (part.flags & ts.TypeFlags.BigInt) return 'decimal';
    if (symbol === 'FileData') return { text: 'base64' };
    if (symbol === 'RangeQueryParam') return { range: 'integer' };
    if (this.checker.isArrayType(part)) {
      const [item] = this.checker.getTypeArguments(part as ts.TypeReference);
      const itemName = kind === 'output' && this.resourceName(item as ts.Type) !== undefined ? '' : name;
      return { array: this.fieldTypeOf(itemName, item as ts.Type, kind, outerTypes) };
    }
    const resource = kind === 'output' ? this.resourceName(part) : undefined;
    // The field becomes a reference, because a filter clause cannot name the fields of an embedded resource that is in
    // a list or below the first level.
    if (resource !== undefined && (name === '' || outerTypes.length > 1)) {
      return { reference: resource };
    }
    if (symbol === 'ApiList') {
      const [item] = this.checker.getTypeArguments(part as ts.TypeReference);
      return { object: this.listFields(item as ts.Type, outerTypes) };
    }
    const index = this.checker.getIndexTypeOfType(part, ts.IndexKind.String);
    if (index !== undefined && this.checker.getPropertiesOfType(part).length === 0) {
      return { map: this.fieldTypeOf(name, index, kind, outerTypes) };
    }
    if (part.flags & ts.TypeFlags.Object) {
      const hasFields = this.checker.getPropertiesOfType(part).length > 0;
      // An input without fields (`affirm: {}`) is still an object. An output without fields may contain anything.
      if ((!hasFields && kind === 'output') || outerTypes.includes(part) || outerTypes.length > MAX_TYPE_DEPTH)
        return 'json';
      return { object: this.fields(part, kind, outerTypes) };
    }
    return 'json';
  }

  /** Returns the names of the resources that an id may refer to: `Charge`, `Refund` for `string | Charge | Refund`. */
  private expandableNames(parts: readonly ts.Type[]): string[] {
    if (!parts.some((part) => part.flags & ts.TypeFlags.String)) return [];
    const names = parts.flatMap((part) => {
      // Some expandable objects have no `object` value, such as a rule of Radar.
      const isObject = (part.flags & ts.TypeFlags.Object) !== 0 && part.getProperty('id') !== undefined;
      const name = this.resourceName(part) ?? (isObject ? part.symbol.name : undefined);
      if (name === undefined || name.startsWith('Deleted')) return [];
      this.expandables.set(name, part);
      return [name];
    });
    return [...new Set(names)];
  }

  /**
   * Returns the fields of each type that an expandable field may contain, by the name of the type. Call this method after
   * every entity has been read, because reading an entity finds the types.
   */
  expandableTypes(): ReadonlyMap<string, Fields> {
    const fields = new Map<string, Fields>();
    // Reading the fields of a type may add further types to `expandables`, which the loop then also visits.
    for (const [name, type] of this.expandables) fields.set(name, this.fields(type, 'output'));
    return fields;
  }

  /** Returns the fields of a list inside an object. https://docs.stripe.com/api/pagination */
  private listFields(item: ts.Type, outerTypes: readonly ts.Type[]): Fields {
    return {
      object: { type: { enum: ['list'] } },
      data: { type: { array: this.fieldTypeOf('', item, 'output', outerTypes) } },
      has_more: { type: 'boolean' },
      total_count: { type: 'integer', nullable: true },
      url: { type: 'string' },
    };
  }
}
