#!/usr/bin/env bash
# Uploads a version of the integration and publishes it: Google's Terraform provider has no resource of an integration.
# Environment: PROJECT, REGION, NAME, and INTEGRATION, the version as JSON (terraform output -raw integration).
# https://docs.cloud.google.com/application-integration/docs/reference/rest/v1/projects.locations.integrations.versions
set -euo pipefail

api="https://$REGION-integrations.googleapis.com/v1"
token=$(gcloud auth print-access-token)
post() {
  curl --silent --show-error --fail-with-body --request POST --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/json' --data-binary "$2" "$api/$1"
}

answer=$(post "projects/$PROJECT/locations/$REGION/integrations/$NAME/versions" "$INTEGRATION")
# The first "name" with this path is that of the version.
version=$(grep -oE "projects/[^/\"]+/locations/[^/\"]+/integrations/$NAME/versions/[A-Za-z0-9-]+" <<<"$answer" | head -n 1)
post "$version:publish" '{}' >/dev/null
echo "published: $version"
