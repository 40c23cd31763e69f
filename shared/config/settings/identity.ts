import { labels, maxText, oneOf, text } from '../validators.ts';
import { requiredSetting, setting } from './setting.ts';

/** Settings that identify the connection. Their names are those of Integration Connectors. */
export const identitySettings = () => ({
  name: requiredSetting(
    'name of the connection: lowercase letters, digits, hyphens; at most 63 characters',
    text(
      /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'lowercase letters, digits and hyphens, starting with a letter, not ending with a hyphen, at most 63 characters',
    ),
  ),
  region: requiredSetting(
    'Google Cloud location',
    text(/^[a-z][a-z0-9-]{0,62}$/, 'a Google Cloud location, such as europe-west1'),
  ),
  connector_version: setting('the only version is "1"', oneOf(['1']), '1'),
  description: setting('set on every cloud resource that has the field', maxText(1024)),
  labels: setting('set on every cloud resource that has the field', labels(), {}),
  service_account: setting(
    'e-mail of the service account; required in the cloud',
    text(
      /^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\.gserviceaccount\.com$/,
      'the e-mail address of a service account, ...gserviceaccount.com',
    ),
  ),
});
