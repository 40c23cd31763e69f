/** The API key that every sandbox accepts, unless it was started with other keys. */
export const SANDBOX_KEY = 'sk_test_sandbox0000000000000000';
