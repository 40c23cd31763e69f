"""Takes a payment with Python's standard library.

Usage: python3 take_payment.py [operation id] [amount] [test card]
BASE is the address of the connector. TOKEN is an ID token, for a deployed one.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

BASE = os.environ.get("BASE", "http://localhost:8080")
TOKEN = os.environ.get("TOKEN")
MAX_ATTEMPTS = 4


class ConnectorError(Exception):
    """The connector or Stripe rejected a call. `reason` is stable; `effect` is none, done or unknown."""

    def __init__(self, error):
        super().__init__(error["message"])
        detail = error["details"][0]
        self.reason = detail["reason"]
        self.effect = detail["metadata"].get("effect", "none")
        self.retryable = detail["metadata"].get("retryable") == "true"


def send(name, body):
    """Sends one request to a function. Returns the response, and the seconds to wait before a repeat."""
    headers = {"Content-Type": "application/json"}
    if TOKEN:
        headers["Authorization"] = f"Bearer {TOKEN}"
    request = urllib.request.Request(f"{BASE}/{name}", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response), None
    except urllib.error.HTTPError as error:
        return json.load(error), error.headers.get("Retry-After")


def call(name, body):
    """Calls a function. Repeats a call that can still succeed, with the same operation id."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        result, wait = send(name, body)
        if "error" not in result:
            return result
        failure = ConnectorError(result["error"])
        if not (failure.retryable or failure.effect == "unknown") or attempt == MAX_ATTEMPTS:
            raise failure
        time.sleep(float(wait or 2**attempt))


def main(operation_id, amount, card):
    result = call(
        "create-entity",
        {
            "entity": "PaymentIntent",
            "operationId": operation_id,
            "connectorInputPayload": {
                "Amount": int(amount),
                "Currency": "usd",
                "PaymentMethod": card,
                "Confirm": True,
                "ReturnUrl": "https://example.com/",
            },
        },
    )
    print(result["connectorOutputPayload"]["Id"], result["effect"])


if __name__ == "__main__":
    defaults = [f"order-{time.time_ns()}", "1500", "pm_card_visa"]
    arguments = sys.argv[1:4]
    try:
        main(*arguments, *defaults[len(arguments) :])
    except ConnectorError as error:
        sys.exit(f"{error.reason}: {error} (effect {error.effect})")
