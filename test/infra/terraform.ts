import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../bench/bundles.ts';
import { startProgram } from '../bench/served.ts';
import type { Schema } from './provider-schema.ts';

/** The provider's schema that the tests use. */
export const SCHEMA_FILE = 'test/fixtures/google-schema.json';

export function readSchema(): Schema {
  return JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as Schema;
}

export interface Ran {
  readonly status: number | null;
  readonly text: string;
}

/** A copy of infra/ with what it reads, and Terraform with a stand-in of Google's provider. No network. */
export interface Workplace {
  readonly folder: string;
  /** File of what exists in the stand-in's cloud: see stand-in-cloud.ts. */
  readonly cloud: string;
  /** With it Terraform reaches the stand-in. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  run(module: string, ...args: string[]): Ran;
  /** Fetches providers and modules, out of the copy and the stand-in alone. */
  init(module: string): Ran;
  /** Plants an edit; what it gives back takes it away again. */
  edit(file: string, right: string, wrong: string): () => void;
  /** Runs some runs of a file of tests alone, in their order: `runs('connection', 'changes', ['first', 'rebuild'])`. */
  runs(module: string, file: string, names: readonly string[]): Ran;
  remove(): Promise<void>;
}

/** `schema` is that of the stand-in; by default the one that the fixture has whole. */
export async function workplace(schema?: Schema): Promise<Workplace> {
  const folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-infra-'));
  cpSync('infra', path.join(folder, 'infra'), {
    recursive: true,
    filter: (from) => !/\.terraform/.test(path.relative('infra', from)),
  });
  mkdirSync(path.join(folder, 'functions'));
  cpSync('functions/manifest.json', path.join(folder, 'functions/manifest.json'));
  packages(path.join(folder, 'build/packages'));
  const schemaFile = schema === undefined ? SCHEMA_FILE : path.join(folder, 'google-schema.json');
  if (schema !== undefined) writeFileSync(schemaFile, JSON.stringify(schema));
  const cloud = path.join(folder, 'cloud.json');
  const provider = await standIn(folder, schemaFile, cloud);
  const environment = { ...process.env, ...provider.environment };
  const run = (module: string, ...args: string[]): Ran => {
    const { status, stdout, stderr } = spawnSync('terraform', args, {
      cwd: path.join(folder, 'infra', module),
      encoding: 'utf8',
      env: environment,
      timeout: 600_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, text: stdout + stderr };
  };
  return {
    folder,
    cloud,
    environment,
    run,
    init: (module) => run(module, 'init', '-no-color', '-input=false', '-backend=false'),
    edit(file, right, wrong) {
      const target = path.join(folder, 'infra', file);
      const text = readFileSync(target, 'utf8');
      if (text.split(right).length !== 2) throw new Error(`${file} does not have once: ${right}`);
      const edited = text.replace(right, () => wrong);
      writeFileSync(target, edited);
      return () => writeFileSync(target, text);
    },
    runs(module, file, names) {
      const tests = path.join(folder, 'infra', module, 'tests');
      const target = path.join(tests, 'chosen.tftest.hcl');
      writeFileSync(target, chosenRuns(readFileSync(path.join(tests, `${file}.tftest.hcl`), 'utf8'), names));
      const ran = run(module, 'test', '-no-color', '-filter=tests/chosen.tftest.hcl');
      rmSync(target);
      return ran;
    },
    async remove() {
      await provider.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A file of tests with the named runs alone. */
function chosenRuns(text: string, names: readonly string[]): string {
  const blocks = [...text.matchAll(/^run "(\w+)" \{\n[^]*?^\}\n/gm)];
  const known = blocks.map(([, name = '']) => name);
  for (const name of names) if (!known.includes(name)) throw new Error(`there is no run ${name}`);
  return blocks
    .filter(([, name = '']) => !names.includes(name))
    .reduce((kept, [block]) => kept.replace(block, () => ''), text);
}

/** Something for each function: what is in a package is another test's. */
function packages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string }[];
  };
  for (const { name } of functions) writeFileSync(path.join(folder, `${name}.zip`), `package of ${name}`);
}

/** Starts the stand-in once and gives Terraform its address. Otherwise Terraform starts it again for each step of a test. */
async function standIn(
  folder: string,
  schemaFile: string,
  cloud: string,
): Promise<{ environment: Record<string, string>; stop: () => Promise<void> }> {
  // A folder of its own: test files run at the same time, and one could start what another is writing.
  const built = path.join('test/.build/infra', path.basename(folder));
  await bundle(['test/infra/provider.ts'], built);
  const { said, pid, stop } = await startProgram(
    path.join(built, 'provider.cjs'),
    schemaFile,
    'test/infra/tfplugin5.proto',
    cloud,
  );
  const mirror = path.join(folder, 'providers');
  mkdirSync(mirror);
  const configuration = path.join(folder, 'terraform.rc');
  // Other providers than the stand-in: there are none, and none is fetched.
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return {
    environment: {
      TF_CLI_CONFIG_FILE: configuration,
      TF_REATTACH_PROVIDERS: JSON.stringify({
        'registry.terraform.io/hashicorp/google': {
          Protocol: 'grpc',
          ProtocolVersion: 5,
          Pid: pid,
          // It stays when Terraform ends.
          Test: true,
          Addr: { Network: 'tcp', String: said },
        },
      }),
      CHECKPOINT_DISABLE: '1',
      // A run is short and allocates much. Collecting garbage at 400 still took a fourth of its processor time.
      GOGC: '1600',
      GOMEMLIMIT: '1GiB',
      TF_IN_AUTOMATION: '1',
    },
    stop,
  };
}
