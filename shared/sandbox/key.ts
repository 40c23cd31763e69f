/** A key that every sandbox takes, unless it was started with keys of its own. */
export const SANDBOX_KEY = 'sk_test_sandbox0000000000000000';
