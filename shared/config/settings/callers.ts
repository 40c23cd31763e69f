import { allowlist, boolean, emails, oneOf } from '../validators.ts';
import { setting } from './setting.ts';

/** Settings that restrict what callers may use. */
export const callerSettings = () => ({
  expose: setting(
    'what the function connection exposes in addition to health: discovery, reads (with discovery) or all; default reads; all if open locally',
    oneOf(['discovery', 'reads', 'all']),
  ),
  explorer: setting('serves the explorer at / of the function connection; always if open locally', boolean(), false),
  admin_callers: setting(
    'e-mail addresses of the identities whose ID tokens may call the admin methods of the function connection; default none',
    emails(20),
    [],
  ),
  tools_allowlist: setting(
    'operations (List, Customer.Create) and actions that the function tools offers to MCP clients, or *; default none; all if open locally',
    allowlist('List, Customer.Create'),
  ),
  operations_allowlist: setting(
    'operations (Get, Customer.Create) and actions that calls over HTTP may request, or *; default all, for the function single List, Get',
    allowlist('Get, Customer.Create'),
  ),
  suspended: setting('rejects every call with CONNECTION_SUSPENDED', boolean(), false),
});
