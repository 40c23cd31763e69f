#!/bin/sh
# Takes a payment with curl. Usage: ./take-payment.sh [operation id] [amount] [test card]
# BASE is the address of the connector. TOKEN is an ID token, for a deployed one.
set -eu
BASE=${BASE:-http://localhost:8080}
OPERATION=${1:-order-$(date +%s)}
AMOUNT=${2:-1500}
CARD=${3:-pm_card_visa}

# --retry repeats on 408, 429, 500, 502, 503 and 504. Every attempt has the same operationId, so there is one payment.
curl -sS --retry 4 --max-time 60 "$BASE/create-entity" \
  -H 'Content-Type: application/json' ${TOKEN:+-H "Authorization: Bearer $TOKEN"} \
  -d "{
    \"entity\": \"PaymentIntent\",
    \"operationId\": \"$OPERATION\",
    \"connectorInputPayload\": {
      \"Amount\": $AMOUNT,
      \"Currency\": \"usd\",
      \"PaymentMethod\": \"$CARD\",
      \"Confirm\": true,
      \"ReturnUrl\": \"https://example.com/\"
    }
  }"
echo
