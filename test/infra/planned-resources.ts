/** The resources of a module with the values that Terraform plans, known or not. */
import assert from 'node:assert/strict';
import type { Workplace } from './terraform.ts';

export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: PlannedValues;
}

export class PlannedValues {
  constructor(private readonly values: unknown) {}

  /** `service_config.0.vpc_connector`; undefined for what is not known before an apply. */
  at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], this.values);
  }
}

interface PlanModule {
  readonly resources?: readonly { address: string; mode: string; type: string; values: unknown }[];
  readonly child_modules?: readonly PlanModule[];
}

/** Plans a module that is initialized, with inputs such as `project=shop-prod`. */
export function plannedResources(place: Workplace, module: string, inputs: readonly string[]): PlannedResource[] {
  const variables = inputs.map((input) => `-var=${input}`);
  const { status, text } = place.run(module, 'plan', '-no-color', '-input=false', '-out=made.plan', ...variables);
  assert.equal(status, 0, text);
  const shown = JSON.parse(place.run(module, 'show', '-json', 'made.plan').text) as {
    planned_values: { root_module: PlanModule };
  };
  return resourcesIn(shown.planned_values.root_module);
}

function resourcesIn({ resources = [], child_modules: children = [] }: PlanModule): PlannedResource[] {
  const own = resources.filter(({ mode }) => mode === 'managed');
  return [
    ...own.map(({ address, type, values }) => ({ address, type, values: new PlannedValues(values) })),
    ...children.flatMap(resourcesIn),
  ];
}
