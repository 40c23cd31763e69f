/** The pipelines of infra/ci as data, and the substitutions that GitHub and Cloud Build make in their commands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface WorkflowStep {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number>>;
}
export interface WorkflowJob {
  readonly if: string;
  readonly environment?: string;
  readonly concurrency?: string;
  readonly steps: readonly WorkflowStep[];
}
export interface Workflow {
  readonly on: Readonly<Record<string, { readonly branches: readonly string[] } | null>>;
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<'plan' | 'apply', WorkflowJob>>;
}
export interface BuildStep {
  readonly id: string;
  /** Image of the step. */
  readonly name: string;
  readonly entrypoint: string;
  readonly args: readonly string[];
}
export interface CloudBuild {
  readonly substitutions: Readonly<Record<string, string>>;
  readonly options: { readonly logging: string; readonly env: readonly string[] };
  readonly steps: readonly BuildStep[];
  readonly timeout: string;
}

export const pipelineText = (file: string): string => readFileSync(`infra/ci/${file}`, 'utf8');
export const workflow = parse(pipelineText('deploy.yml')) as Workflow;
export const cloudBuild = parse(pipelineText('cloudbuild.yaml')) as CloudBuild;

/** The commands of a job that run in a shell. */
export const shellCommands = (job: WorkflowJob): string[] =>
  job.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

/** A command of GitHub Actions with the repository's variables in place. */
export function withVariables(command: string, variables: Readonly<Record<string, string>>): string {
  return command.replaceAll(/\$\{\{ vars\.(\w+) \}\}/g, (_, name: string) => variables[name] ?? assert.fail(name));
}

/**
 * A text of a build with its substitutions in place: `$$` is a dollar sign, and a name without a value fails the build.
 * https://docs.cloud.google.com/build/docs/configuring-builds/substitute-variable-values
 */
export function withSubstitutions(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\{?(_?[A-Z][A-Z0-9_]*)\}?/g, (found, name?: string) =>
    found === '$$' ? '$' : (values[name ?? ''] ?? assert.fail(`no substitution ${name}`)),
  );
}

/** The names that a build's texts take. */
export function substitutionsIn(texts: readonly string[]): Set<string> {
  const found = texts.flatMap((text) => [...text.replaceAll('$$', '').matchAll(/\$\{?(_?[A-Z][A-Z0-9_]*)/g)]);
  return new Set(found.map(([, name = '']) => name));
}
