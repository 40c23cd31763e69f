#!/usr/bin/env bash
# From an empty Google Cloud project to a confirmed payment in Stripe's test mode, with a check after each step.
# infra/first-run.md describes it.
#   infra/first-run.sh PROJECT [REGION] < key.txt     deploys, pays, measures, writes first-run-PROJECT.md
#   infra/first-run.sh --dry-run PROJECT [REGION]     prints the commands; runs none, and needs no key
#   infra/first-run.sh --down PROJECT [REGION]        deletes what the first form made, and nothing else
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '4,6s/^# *//p' "$0" >&2
  exit 2
}
fail() {
  printf 'first-run: %s\n' "$1" >&2
  exit 1
}
step() { printf '\n== %s\n' "$1"; }

MODE=up
case "${1:-}" in
  --dry-run) MODE=dry && shift ;;
  --down) MODE=down && shift ;;
esac
PROJECT="${1:-}"
REGION="${2:-europe-west1}"
[[ "$PROJECT" =~ ^[a-z][a-z0-9-]{4,28}[a-z0-9]$ && "$REGION" =~ ^[a-z]+-[a-z]+[0-9]+$ && $# -le 2 ]] || usage

# Every resource that this script creates and that can have labels has this label. Terraform's state lists the others.
NAME=first-run
SECRET=stripe-first-run
LABEL=created-by=stripe-connector-first-run
EXAMPLE=infra/examples/minimal
WORK="build/first-run/$PROJECT"
STATE="$PWD/$WORK/terraform.tfstate"
REPORT="first-run-$PROJECT.md"
ENTITY='{"entity": "PaymentIntent", "operationId": "OPERATION", "connectorInputPayload": {"Amount": 1500, "Currency": "usd", "PaymentMethod": "pm_card_visa"}}'
CONFIRM='{"connectorInputPayload": {"PaymentIntentId": "ID", "ReturnUrl": "https://example.com/"}}'
WARM_CALLS="${FIRST_RUN_CALLS:-20}"

# Prints the command in a dry run, and runs it otherwise.
run() {
  if [[ $MODE == dry ]]; then printf ' ' && printf ' %q' "$@" && printf '\n'; else "$@"; fi
}
terraform_variables() {
  printf '%s\n' "-var=project=$PROJECT" "-var=region=$REGION" "-var=name=$NAME" "-var=secret=$SECRET" "-var=max_nodes=10" \
    "-var=delete_protection=false" "-var=caller=user:$1" "-var=labels={\"${LABEL%%=*}\"=\"${LABEL#*=}\"}"
}
terraform_run() {
  local command=$1 account=$2
  local variables
  mapfile -t variables < <(terraform_variables "$account")
  run terraform "-chdir=$EXAMPLE" "$command" -input=false -auto-approve "-state=$STATE" "${variables[@]}"
}
# Prints a field of the JSON document on standard input: `field 'body.urls.value["get-entity"]'`.
field() { node -e "const body = JSON.parse(require('fs').readFileSync(0, 'utf8')); process.stdout.write(String($1))"; }
# Prints the resources which the plan on standard input deletes and which lack the label of the first run.
without_label() {
  node -e '
    const [key, value] = process.argv[1].split("=");
    const { resource_changes: changes = [] } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const deleted = changes.filter(({ change }) => change.actions.includes("delete"));
    const labels = ({ user_labels: own, labels: others }) => own !== undefined ? own : others;
    for (const { address, change: { before } } of deleted)
      if (labels(before) !== undefined && labels(before)?.[key] !== value) console.log(address);
  ' "$LABEL"
}
# Prints the label of the secret. Prints nothing if the secret does not exist.
secret_label() {
  gcloud secrets describe "$SECRET" --project "$PROJECT" --format 'value(labels.created-by)' 2>/dev/null || true
}
secret_exists() { gcloud secrets describe "$SECRET" --project "$PROJECT" >/dev/null 2>&1; }

need() { command -v "$1" >/dev/null || fail "$1 is missing: $2"; }
step 'Tools'
need gcloud https://cloud.google.com/sdk/docs/install
need terraform https://developer.hashicorp.com/terraform/install
need node https://nodejs.org
need npm https://nodejs.org
need curl https://curl.se
if [[ $MODE == dry ]]; then
  ACCOUNT=you@example.com
else
  ACCOUNT="$(gcloud config get-value account 2>/dev/null)"
  [[ -n $ACCOUNT ]] || fail 'gcloud has no account. Run: gcloud auth login && gcloud auth application-default login'
  [[ $ACCOUNT != *.gserviceaccount.com ]] || fail 'log in as a person: the token of a service account names one function only'
fi

if [[ $MODE == down ]]; then
  step 'Delete what the first run made'
  # A run that stopped before the deployment has only created the secret.
  if [[ -f $STATE ]]; then
    terraform "-chdir=$EXAMPLE" init -input=false
    mapfile -t VARIABLES < <(terraform_variables "$ACCOUNT")
    terraform "-chdir=$EXAMPLE" plan -destroy -input=false "-state=$STATE" "-out=$PWD/$WORK/down.plan" "${VARIABLES[@]}"
    UNLABELLED="$(terraform "-chdir=$EXAMPLE" show -json "$PWD/$WORK/down.plan" | without_label)"
    [[ -z $UNLABELLED ]] || fail "nothing is deleted, because these have no label $LABEL: ${UNLABELLED//$'\n'/, }"
    terraform_run destroy "$ACCOUNT"
  elif [[ $(secret_label) != "${LABEL#*=}" ]]; then
    fail "$STATE is missing, and $PROJECT has no secret with the label $LABEL: there is nothing to delete"
  fi
  if [[ $(secret_label) == "${LABEL#*=}" ]]; then
    gcloud secrets delete "$SECRET" --project "$PROJECT" --quiet
  elif secret_exists; then
    printf 'left alone: the secret %s, which has no label %s\n' "$SECRET" "$LABEL"
  fi
  rm -rf "$WORK"
  printf 'deleted. APIs stay enabled.\n'
  exit 0
fi

if [[ $MODE == up ]]; then
  step 'Key, from standard input'
  if [[ -t 0 ]]; then printf 'Stripe test key (it is not shown): '; fi
  IFS= read -rs KEY || [[ -n ${KEY:-} ]] || fail 'no key on standard input'
  [[ $KEY =~ ^(sk|rk)_test_[A-Za-z0-9]+$ ]] || fail 'this is no test key (sk_test_... or rk_test_...): a first run takes no live key'
fi

step 'APIs that Terraform needs'
run gcloud services enable serviceusage.googleapis.com cloudresourcemanager.googleapis.com iam.googleapis.com \
  secretmanager.googleapis.com --project "$PROJECT"

step 'Secret'
if [[ $MODE == dry ]]; then
  run gcloud secrets create "$SECRET" --project "$PROJECT" --labels "$LABEL" --data-file=-
elif secret_exists; then
  [[ $(secret_label) == "${LABEL#*=}" ]] || fail "the secret $SECRET exists without the label $LABEL: it is not of a first run"
  printf %s "$KEY" | gcloud secrets versions add "$SECRET" --project "$PROJECT" --data-file=-
else
  printf %s "$KEY" | gcloud secrets create "$SECRET" --project "$PROJECT" --labels "$LABEL" --data-file=-
fi
unset KEY

step 'Packages'
run npm ci
run npm run package

step 'Preflight'
# If an earlier run stopped half-way, the database may exist already, which the preflight would report as a failure.
if [[ -f $STATE ]]; then
  printf 'left out: an earlier run began here, and this one goes on with it\n'
else
  run npx stripe-connector preflight --project "$PROJECT" --region "$REGION" --secret "$SECRET" --max-nodes 10
fi

step 'Deploy'
run mkdir -p "$WORK"
run terraform "-chdir=$EXAMPLE" init -input=false
terraform_run apply "$ACCOUNT"
if [[ $MODE == dry ]]; then
  step 'Pay, measure, report'
  printf '  POST create-entity   %s\n  POST confirm-payment-intent   %s\n  POST get-entity   %d times\n' "$ENTITY" "$CONFIRM" "$WARM_CALLS"
  printf '\nnothing was run.\n'
  exit 0
fi
OUTPUTS="$(terraform "-chdir=$EXAMPLE" output -json "-state=$STATE")"

step 'Check the connection'
field 'body.settings.value' <<<"$OUTPUTS" >"$WORK/settings.json"
# Without a quota project Google may reject requests of a user's credentials: https://docs.cloud.google.com/docs/quotas/quota-project
GOOGLE_CLOUD_PROJECT="$PROJECT" GOOGLE_CLOUD_QUOTA_PROJECT="$PROJECT" npx stripe-connector check "$WORK/settings.json" --live

TOKEN="$(gcloud auth print-identity-token)"
declare -A URLS
for name in create-entity confirm-payment-intent get-entity; do URLS[$name]="$(field "body.urls.value['$name']" <<<"$OUTPUTS")"; done
# Posts a body to a function. Prints the response, and appends the seconds to a file.
post() {
  local url="${URLS[$1]}"
  local attempt code seconds
  # A grant of roles/run.invoker takes up to some minutes to reach Cloud Run: https://docs.cloud.google.com/iam/docs/access-change-propagation
  for ((attempt = 0; attempt < 24; attempt += 1)); do
    curl -sS --max-time 60 --output "$WORK/response.json" --write-out '%{http_code} %{time_total}\n' "$url" \
      -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d "$2" >"$WORK/result"
    read -r code seconds <"$WORK/result"
    [[ $code == 403 ]] || break
    sleep "${FIRST_RUN_PAUSE:-5}"
  done
  [[ $code == 200 ]] || fail "$1 answered $code: $(head -c 1000 "$WORK/response.json")"
  printf '%s\n' "$seconds" >>"$WORK/$3"
  cat "$WORK/response.json"
}

step 'Pay'
rm -f "$WORK"/cold "$WORK"/warm
OPERATION="first-run-$(date +%s)"
ID="$(post create-entity "${ENTITY/OPERATION/$OPERATION}" cold | field 'body.connectorOutputPayload.Id')"
STATUS="$(post confirm-payment-intent "${CONFIRM/ID/$ID}" cold | field 'body.connectorOutputPayload[0].status')"
[[ $STATUS == succeeded ]] || fail "the payment $ID is $STATUS"
AGAIN="$(post create-entity "${ENTITY/OPERATION/$OPERATION}" replay | field 'body.connectorOutputPayload.Id')"
[[ $AGAIN == "$ID" ]] || fail "the same operationId made another payment: $AGAIN"
printf '%s is succeeded; the same operationId returns it again\n' "$ID"

step 'Measure'
post get-entity "{\"entity\": \"PaymentIntent\", \"entityId\": \"$ID\"}" cold >/dev/null
for ((call = 0; call < WARM_CALLS; call += 1)); do
  post get-entity "{\"entity\": \"PaymentIntent\", \"entityId\": \"$ID\"}" warm >/dev/null
done
# Prints a quantile of the numbers in a file.
quantile() { sort -n "$WORK/$1" | awk -v part="$2" '{ line[NR] = $1 } END { print line[int(part * (NR - 1) + 0.5) + 1] }'; }
{
  printf '# First run in %s, %s\n\n' "$PROJECT" "$REGION"
  printf -- '- date: %s\n- revision: %s\n- payment: %s, %s\n\n' "$(date -u +%FT%TZ)" "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$ID" "$STATUS"
  printf '| seconds, from this machine | calls | median | 95 %% |\n| --- | --- | --- | --- |\n'
  for kind in cold warm; do
    printf '| %s | %s | %s | %s |\n' "$kind" "$(wc -l <"$WORK/$kind")" "$(quantile "$kind" 0.5)" "$(quantile "$kind" 0.95)"
  done
} >"$REPORT"
cat "$REPORT"
printf '\nwrote %s. To delete everything: infra/first-run.sh --down %s %s\n' "$REPORT" "$PROJECT" "$REGION"
