/** The row of an object, by the catalog. */
import path from 'node:path';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import type { Entity, Fields } from '../../shared/catalog/types.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { rowMapper } from '../../shared/operations/rows/row-mapper.ts';

export type Tree = Record<string, unknown>;

export const catalog = catalogFiles(path.resolve('shared/catalog'));

export const FIELDS: Fields = {
  id: { type: 'string' },
  address: {
    type: { object: { city: { type: 'string', nullable: true }, po_box: { type: 'string', optional: true } } },
    nullable: true,
  },
  buyer: { type: { reference: 'Buyer' }, nullable: true },
  // Its name begins as that of the reference does: airbytehq/airbyte#2055, #8553 (nested and own columns collide).
  buyer_email: { type: 'string', nullable: true },
  card: { type: { object: { brand: { type: 'string' } } }, optional: true },
  card_present: { type: { object: { brand: { type: 'string' } } }, optional: true },
  failure: {
    type: {
      object: {
        method: { type: { reference: 'Method' }, optional: true, inlined: true },
        method_type: { type: 'string', optional: true },
      },
    },
    nullable: true,
  },
  metadata: { type: { map: 'string' } },
  price: { type: { object: { id: { type: 'string' }, amount: { type: 'integer' } } }, inlined: true },
  source: { type: { reference: 'Buyer', also: ['Shop'] }, nullable: true },
  tags: { type: { array: 'string' } },
};

export const OTHERS: Record<string, Fields> = {
  Buyer: {
    id: { type: 'string' },
    object: { type: { enum: ['buyer'] } },
    deleted: { type: 'boolean', nullable: true, optional: true },
    email: { type: 'string', nullable: true },
    home: { type: { object: { city: { type: 'string' } } }, nullable: true },
    shop: { type: { reference: 'Shop' }, nullable: true },
  },
  Shop: { id: { type: 'string' }, object: { type: { enum: ['shop'] } }, name: { type: 'string' } },
};

export const order: Entity = { entity: 'Order', object: 'order', singleton: false, operations: {}, fields: FIELDS };

export function rowOf(
  object: Tree,
  call: Partial<CallContext> = {},
  entity = order,
  parents: Record<string, string> = {},
): Tree {
  const fieldsOf = (name: string): Fields | undefined => OTHERS[name] ?? catalog.fieldsOf(name);
  return rowMapper(entity, 'Get', call as CallContext, fieldsOf)(object, parents) as Tree;
}
