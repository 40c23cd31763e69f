#!/usr/bin/env bash
# Splits the traffic of functions between the revision that serves and the latest one. infra/upgrade.md describes it.
#   infra/traffic.sh PROJECT REGION pin SERVICE...         keeps all traffic on the latest revision of today; do this first
#   infra/traffic.sh PROJECT REGION PERCENT SERVICE...     PERCENT of the traffic goes to the latest revision
#   infra/traffic.sh PROJECT REGION show SERVICE...        prints the split
# terraform output -json services prints the services. 100 ends a canary, 0 takes it back.
# https://docs.cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration
set -euo pipefail

usage() {
  sed -n '3,6s/^# *//p' "$0" >&2
  exit 2
}
fail() {
  printf 'traffic: %s\n' "$1" >&2
  exit 1
}

PROJECT="${1:-}"
REGION="${2:-}"
PERCENT="${3:-}"
[[ $# -ge 4 && "$PERCENT" =~ ^([0-9]|[1-9][0-9]|100|pin|show)$ ]] || usage
shift 3

services() { gcloud run services "$@" --project "$PROJECT" --region "$REGION"; }
# Prints the revisions that have traffic, one per line with its percentage: `stripe-get-entity-00002-abc 90`.
split() {
  services describe "$1" --format json | node -e "
    const { status } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    for (const { revisionName, percent } of status.traffic ?? []) if (percent > 0) console.log(revisionName, percent);
  "
}

for service; do
  if [[ $PERCENT == show ]]; then
    split "$service" | sed "s/^/$service  /"
    continue
  fi
  latest="$(services describe "$service" --format 'value(status.latestReadyRevisionName)')"
  # A service that routes to LATEST gives a new revision all traffic, even with hold_traffic. A pinned service does not.
  if [[ $PERCENT == pin ]]; then
    services update-traffic "$service" --to-revisions "$latest=100" --quiet
    printf '%s: %s=100\n' "$service" "$latest"
    continue
  fi
  # The revision other than the latest that serves the most traffic. After the first deployment there is no such revision.
  stable="$(split "$service" | grep -v "^$latest " | sort -k2,2nr | head -n 1 | cut -d ' ' -f 1 || true)"
  if [[ -z $stable && $PERCENT == 100 ]]; then
    printf '%s: %s has all traffic already\n' "$service" "$latest"
    continue
  fi
  [[ -n $stable ]] || fail "$service: $latest has all traffic, so there is no revision to share it with. Run pin, then deploy with hold_traffic = true; to go back, apply with packages of the last release"
  case "$PERCENT" in
    100) revisions="$latest=100" ;;
    0) revisions="$stable=100" ;;
    *) revisions="$latest=$PERCENT,$stable=$((100 - PERCENT))" ;;
  esac
  services update-traffic "$service" --to-revisions "$revisions" --quiet
  printf '%s: %s\n' "$service" "$revisions"
done
