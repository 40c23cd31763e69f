/** Plans and makes changes as Google's provider does, on the stand-in's own cloud. */
import { isDeepStrictEqual } from 'node:util';
import { pack, unpack, UNKNOWN } from './message-pack.ts';
import type { Block, Schema } from './provider-schema.ts';
import { ruleOf, type Values } from './resource-rules.ts';
import { Rejected, type StandInCloud } from './stand-in-cloud.ts';

interface Wire {
  readonly msgpack: Buffer;
}

/** Requests of Terraform's plugin protocol: test/infra/tfplugin5.proto. */
export interface PlanRequest {
  readonly type_name: string;
  readonly prior_state: Wire;
  readonly proposed_new_state: Wire;
}
export interface ApplyRequest {
  readonly type_name: string;
  readonly prior_state: Wire;
  readonly planned_state: Wire;
}

const ERROR = 1;
const wire = (value: unknown): Wire => ({ msgpack: pack(value) });
const values = ({ msgpack }: Wire): Values | null => unpack(msgpack) as Values | null;
const failure = (cause: unknown): object => {
  if (!(cause instanceof Rejected)) throw cause;
  return { diagnostics: [{ severity: ERROR, summary: cause.message, detail: '' }] };
};

export class ProviderChanges {
  constructor(
    private readonly schema: Schema,
    private readonly cloud: StandInCloud,
  ) {}

  plan({ type_name: type, prior_state, proposed_new_state }: PlanRequest): object {
    const prior = values(prior_state);
    const proposed = values(proposed_new_state);
    if (proposed === null) return { planned_state: wire(null), legacy_type_system: true };
    if (prior === null) return { planned_state: wire(this.unfilled(type, proposed)), legacy_type_system: true };
    const replaced = ruleOf(type).immutable.filter((name) => !isDeepStrictEqual(prior[name], proposed[name]));
    return {
      planned_state: wire(proposed),
      requires_replace: replaced.map((name) => ({ steps: [{ attribute_name: name }] })),
      legacy_type_system: true,
    };
  }

  apply({ type_name: type, prior_state, planned_state }: ApplyRequest): object {
    const prior = values(prior_state);
    const planned = values(planned_state);
    try {
      if (planned === null) {
        this.cloud.delete(type, String(prior?.['id']), prior ?? {});
        return { new_state: wire(null), legacy_type_system: true };
      }
      const known = withoutUnknown(planned) as Values;
      const made =
        prior === null ? this.cloud.create(type, known) : this.cloud.update(type, String(prior['id']), known);
      return { new_state: wire(made), legacy_type_system: true };
    } catch (cause) {
      return { ...failure(cause), new_state: prior_state };
    }
  }

  /** What is there now; null for what was deleted outside of Terraform. */
  read(type: string, { msgpack }: Wire): object {
    const current = unpack(msgpack) as Values;
    const found = this.cloud.find(type, String(current['id']));
    return { new_state: wire(found === undefined ? null : this.shaped(type, { ...current, ...found })) };
  }

  import(type: string, id: string): object {
    const found = this.cloud.find(type, id);
    if (found === undefined) return failure(new Rejected(`Error 404: ${id} is not found`));
    // The API does not know what a destroy does.
    const { deletion_policy: _policy, ...known } = found;
    return { imported_resources: [{ type_name: type, state: wire(this.shaped(type, known)) }] };
  }

  /** The state that Terraform stored, as JSON. */
  upgrade(type: string, json: Buffer): object {
    return { upgraded_state: wire(this.shaped(type, JSON.parse(json.toString('utf8')) as Values)) };
  }

  data(type: string, { msgpack }: Wire): object {
    const asked = unpack(msgpack) as Values;
    try {
      return {
        state: wire({
          ...asked,
          ...(type === 'google_project' ? this.cloud.project(String(asked['project_id'])) : {}),
        }),
      };
    } catch (cause) {
      return failure(cause);
    }
  }

  /** With what the API fills in still unknown. */
  private unfilled(type: string, proposed: Values): Values {
    const block = this.schema.resources[type];
    const top = Object.entries(block?.attributes ?? {}).filter(
      ([name, { computed, optional }]) => computed && (!optional || name === 'id') && proposed[name] === null,
    );
    const service = [proposed['service_config']].flat().filter((config) => config !== undefined);
    return {
      ...proposed,
      ...Object.fromEntries(top.map(([name]) => [name, UNKNOWN])),
      ...(type === 'google_cloudfunctions2_function'
        ? { service_config: service.map((config) => ({ ...(config as Values), uri: UNKNOWN, service: UNKNOWN })) }
        : {}),
    };
  }

  /** Every attribute and block of the schema, and nothing else. */
  private shaped(type: string, held: Values): Values {
    const block = this.schema.resources[type];
    if (block === undefined) throw new Error(`no resource ${type}`);
    return shapedBlock(block, held);
  }
}

function shapedBlock({ attributes, blocks }: Block, held: Values): Values {
  return {
    ...Object.fromEntries(Object.keys(attributes).map((name) => [name, held[name] ?? null])),
    ...Object.fromEntries(
      Object.entries(blocks).map(([name, { block }]) => [
        name,
        (Array.isArray(held[name]) ? (held[name] as Values[]) : []).map((one) => shapedBlock(block, one)),
      ]),
    ),
  };
}

function withoutUnknown(value: unknown): unknown {
  if (value === UNKNOWN) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withoutUnknown(held)]));
}
