import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { catalogFiles } from '../../adapters/catalog-files.ts';
import { DEFAULT_DATABASE } from '../../config/environment-variables.ts';
import { fileText } from '../../config/file-text.ts';
import { checkLive } from '../check-live.ts';
import { checkCatalogNames, NO_FINDINGS } from '../check-names.ts';
import { checkFile, settingsFileError } from '../check-settings.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { UsageError } from '../io/exit.ts';
import { createOperatorApp } from '../io/own-connection.ts';
import { deploymentByOptions, type PlannedDeployment } from '../preflight/deployment.ts';
import { deploymentOfPlan } from '../preflight/terraform-plan.ts';
import { accessToken, formatChecks, preflight } from '../preflight/preflight.ts';
import { countOption } from '../io/count-option.ts';

/** `check FILE [--live]` */
export async function checkCommand(context: CommandContext): Promise<CommandResult> {
  const file = context.args[0] ?? context.environment['CONNECTION_SETTINGS_FILE'];
  if (file === undefined) throw new UsageError('name the settings file');
  const read = (name: string): string => fileText(readFileSync(name));
  const invalid = checkFile(file, read, context.environment['STRIPE_API_BASE']);
  const { unknown, warnings } = existsSync(file)
    ? checkCatalogNames(read(file), catalogFiles(path.join(context.folder, 'catalog')))
    : NO_FINDINGS;
  const problems = [...invalid, ...unknown];
  const shownWarnings = warnings.map((warning) => `\nwarning: ${warning}`).join('');
  if (problems.length > 0) {
    const { message } = settingsFileError(file, problems);
    return { value: { file, problems, warnings }, text: message + shownWarnings, failed: true };
  }
  if (!context.flag('live'))
    return { value: { file, problems, warnings }, text: `${file}: no problems${shownWarnings}` };
  const { CONNECTION_SETTINGS: _, ...environment } = context.environment;
  const app = createOperatorApp({ ...environment, CONNECTION_SETTINGS_FILE: file });
  const checks = await checkLive(app, ({ what }) => context.progress.show(what));
  await app.shutdown();
  const lines = checks
    .map(({ passed, what, detail }) => `${passed ? 'passed' : 'FAILED'}  ${what}${detail === '' ? '' : `: ${detail}`}`)
    .join('\n');
  const failed = checks.some(({ passed }) => !passed);
  return { value: { file, problems, warnings, checks }, text: lines + shownWarnings, failed };
}

/** `preflight --project P [--plan FILE]` */
export async function preflightCommand(context: CommandContext): Promise<CommandResult> {
  const deployment = plannedDeployment(context, (file) => fileText(readFileSync(file)));
  const checks = await preflight(fetch, accessToken(process.env), deployment, ({ what }) =>
    context.progress.show(what),
  );
  return { value: { checks }, text: formatChecks(checks), failed: checks.some(({ status }) => status === 'failed') };
}

/** Options that `--plan` rejects, because a plan of Terraform contains their values. */
const OPTIONS_IN_PLAN = ['region', 'location', 'database', 'secret', 'maxNodes', 'cpu', 'ingress'];

/**
 * Returns the deployment that the file of `--plan` describes. Without `--plan`, the other options describe it, with the
 * defaults of infra/examples/minimal. Throws UsageError without a project.
 */
export function plannedDeployment(
  context: Pick<CommandContext, 'text' | 'flag' | 'environment'>,
  read: (file: string) => string,
): PlannedDeployment {
  const project = context.environment['GOOGLE_CLOUD_PROJECT'];
  if (project === undefined) throw new UsageError('--project PROJECT is required');
  const plan = context.text('plan');
  if (plan !== undefined) {
    if (OPTIONS_IN_PLAN.some((name) => context.text(name) !== undefined))
      throw new UsageError('--plan has the inputs of Terraform: leave the other options out');
    return deploymentOfPlan(read(plan), project);
  }
  const region = context.text('region') ?? 'europe-west1';
  return deploymentByOptions({
    project,
    region,
    location: context.text('location') ?? region,
    database: context.text('database') ?? DEFAULT_DATABASE,
    secret: context.text('secret') ?? 'stripe-api-key',
    maxNodes: countOption(context, 'maxNodes', 50),
    cpu: cpuOption(context.text('cpu')),
    ingress: context.text('ingress') ?? 'ALLOW_ALL',
    kmsKey: context.flag('kmsKey'),
    publicWebhook: context.flag('publicWebhook'),
  });
}

function cpuOption(text = '1'): number {
  const cpu = Number(text);
  if (!(cpu >= 0.25 && cpu <= 4)) throw new UsageError(`--cpu must be a number from 0.25 to 4: ${text}`);
  return cpu;
}
