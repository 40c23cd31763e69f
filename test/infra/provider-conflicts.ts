/** Arguments that the provider or its API takes only one of: the schema does not say so. */
import { UNKNOWN } from './message-pack.ts';

interface Conflict {
  /** Blocks around the arguments. */
  readonly within: readonly string[];
  readonly oneOf: readonly string[];
}

const REGISTRY = 'https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources';
const CONFLICTS: Readonly<Record<string, { readonly source: string; readonly conflicts: readonly Conflict[] }>> = {
  google_pubsub_subscription: {
    source: `${REGISTRY}/pubsub_subscription`,
    conflicts: [
      { within: [], oneOf: ['push_config', 'bigquery_config', 'cloud_storage_config'] },
      { within: ['bigquery_config'], oneOf: ['use_topic_schema', 'use_table_schema'] },
    ],
  },
  google_cloudfunctions2_function: {
    source: `${REGISTRY}/cloudfunctions2_function`,
    conflicts: [
      { within: ['build_config'], oneOf: ['automatic_update_policy', 'on_deploy_update_policy'] },
      { within: ['service_config'], oneOf: ['vpc_connector', 'direct_vpc_network_interface'] },
    ],
  },
  google_eventarc_trigger: {
    source: `${REGISTRY}/eventarc_trigger`,
    conflicts: [{ within: ['destination'], oneOf: ['cloud_run_service', 'workflow', 'gke', 'http_endpoint'] }],
  },
  google_monitoring_alert_policy: {
    source: `${REGISTRY}/monitoring_alert_policy`,
    conflicts: [
      { within: ['conditions'], oneOf: ['condition_threshold', 'condition_matched_log', 'condition_absent'] },
    ],
  },
  google_bigquery_table: {
    source: `${REGISTRY}/bigquery_table`,
    conflicts: [{ within: [], oneOf: ['time_partitioning', 'range_partitioning'] }],
  },
};

/** What is wrong with the values of a resource, as the provider would say it. */
export function conflictsOf(type: string, values: unknown): string[] {
  const { source = '', conflicts = [] } = CONFLICTS[type] ?? {};
  return conflicts.flatMap(({ within, oneOf }) =>
    blocksAt([values], within).flatMap((block) => {
      const given = oneOf.filter((name) => isGiven(block[name]));
      return given.length > 1 ? [`${given.join(' conflicts with ')}: only one of them, see ${source}`] : [];
    }),
  );
}

function blocksAt(values: readonly unknown[], within: readonly string[]): Record<string, unknown>[] {
  const blocks = values.filter((value) => typeof value === 'object' && value !== null) as Record<string, unknown>[];
  const [name, ...rest] = within;
  return name === undefined ? blocks : blocks.flatMap((block) => blocksAt([block[name]].flat(), rest));
}

/** An argument that is not known yet may be null. */
function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== UNKNOWN;
}
