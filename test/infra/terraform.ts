import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../bench/bundles.ts';

const VERSION = '6.50.0';

export interface Ran {
  readonly status: number | null;
  readonly text: string;
}

/** A copy of infra/ with what it reads, and Terraform with a stand-in of Google's provider. No network. */
export interface Workplace {
  readonly folder: string;
  run(module: string, ...args: string[]): Ran;
  /** Fetches providers and modules, out of the copy and the stand-in alone. */
  init(module: string): Ran;
  /** Plants an edit; what it gives back takes it away again. */
  edit(file: string, right: string, wrong: string): () => void;
  remove(): void;
}

export async function workplace(): Promise<Workplace> {
  const folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-infra-'));
  cpSync('infra', path.join(folder, 'infra'), {
    recursive: true,
    filter: (from) => !/\.terraform/.test(path.relative('infra', from)),
  });
  mkdirSync(path.join(folder, 'functions'));
  cpSync('functions/manifest.json', path.join(folder, 'functions/manifest.json'));
  packages(path.join(folder, 'build/packages'));
  const environment = { ...process.env, ...(await standIn(folder)) };
  const run = (module: string, ...args: string[]): Ran => {
    const { status, stdout, stderr } = spawnSync('terraform', args, {
      cwd: path.join(folder, 'infra', module),
      encoding: 'utf8',
      env: environment,
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, text: stdout + stderr };
  };
  return {
    folder,
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
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Something for each function: what is in a package is another test's. */
function packages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string }[];
  };
  for (const { name } of functions) writeFileSync(path.join(folder, `${name}.zip`), `package of ${name}`);
}

/** Installs the stand-in where Terraform looks for providers, and nowhere else. */
async function standIn(folder: string): Promise<Record<string, string>> {
  await bundle(['test/infra/provider.ts'], 'test/.build/infra/provider');
  const mirror = path.join(folder, 'providers');
  const place = path.join(mirror, `registry.terraform.io/hashicorp/google/${VERSION}/${platform()}`);
  mkdirSync(place, { recursive: true });
  const program = path.join(place, `terraform-provider-google_v${VERSION}`);
  const words = [
    process.execPath,
    path.resolve('test/.build/infra/provider/provider.cjs'),
    path.resolve('test/fixtures/google-schema.json'),
    path.resolve('test/infra'),
  ];
  writeFileSync(program, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')}\n`);
  chmodSync(program, 0o755);
  const configuration = path.join(folder, 'terraform.rc');
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return {
    TF_CLI_CONFIG_FILE: configuration,
    TF_DISABLE_PLUGIN_TLS: '1',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
  };
}

function platform(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${process.platform}_${architecture}`;
}
