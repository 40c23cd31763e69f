/** An API key that a sandbox accepts, unless `SandboxOptions.keys` or `setKeys` sets other keys. */
export const SANDBOX_KEY = 'sk_test_sandbox0000000000000000';
