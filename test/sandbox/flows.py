"""Ten flows of Debian's python3-stripe on the sandbox: argv has its URL and key. Prints a line for each flow."""

import sys

import stripe

stripe.api_base, stripe.api_key = sys.argv[1], sys.argv[2]


def card_customer():
    customer = stripe.Customer.create(email="jane@example.com", metadata={"n": "1"})
    method = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)
    return customer, method


def paid(**more):
    return stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        payment_method="pm_card_visa",
        payment_method_types=["card"],
        confirm=True,
        **more
    )


def customers():
    customer, _ = card_customer()
    stripe.Customer.modify(customer.id, name="Jane", metadata={"n": "", "m": "2"})
    read = stripe.Customer.retrieve(customer.id)
    assert (read.name, dict(read.metadata)) == ("Jane", {"m": "2"}), read
    assert stripe.Customer.delete(customer.id).deleted


def payment():
    intent = paid()
    assert intent.status == "succeeded", intent.status


def decline():
    try:
        stripe.PaymentIntent.create(
            amount=1000,
            currency="usd",
            payment_method="pm_card_visa_chargeDeclined",
            payment_method_types=["card"],
            confirm=True,
        )
    except stripe.error.CardError as error:
        assert error.code == "card_declined", error.code
    else:
        raise AssertionError("not declined")


def hold():
    intent = paid(capture_method="manual")
    assert intent.status == "requires_capture", intent.status
    assert stripe.PaymentIntent.capture(intent.id).status == "succeeded"


def refund():
    intent = paid()
    made = stripe.Refund.create(payment_intent=intent.id, amount=400)
    assert (made.amount, made.status) == (400, "succeeded")


def catalog():
    product = stripe.Product.create(name="Tea")
    price = stripe.Price.create(product=product.id, currency="usd", unit_amount=500)
    assert [one.id for one in stripe.Price.list(product=product.id).data] == [price.id]


def subscription():
    customer, method = card_customer()
    price = stripe.Price.create(
        currency="usd",
        unit_amount=1000,
        recurring={"interval": "month"},
        product_data={"name": "Box"},
    )
    made = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": price.id}],
        default_payment_method=method.id,
    )
    assert made.status == "active", made.status
    assert stripe.Subscription.delete(made.id).status == "canceled"


def invoice():
    customer, _ = card_customer()
    draft = stripe.Invoice.create(customer=customer.id, auto_advance=False)
    stripe.InvoiceItem.create(
        customer=customer.id, invoice=draft.id, amount=700, currency="usd"
    )
    final = stripe.Invoice.finalize_invoice(draft.id)
    assert (final.status, final.total) == ("open", 700), final
    assert stripe.Invoice.pay(draft.id, paid_out_of_band=True).status == "paid"


def pages():
    customer, _ = card_customer()
    for _ in range(5):
        stripe.PaymentIntent.create(amount=100, currency="usd", customer=customer.id)
    listed = stripe.PaymentIntent.list(customer=customer.id, limit=2)
    assert len(list(listed.auto_paging_iter())) == 5


def idempotency():
    first = stripe.Customer.create(name="once", idempotency_key="python-key")
    assert stripe.Customer.create(name="once", idempotency_key="python-key").id == first.id
    try:
        stripe.Customer.create(name="twice", idempotency_key="python-key")
    except stripe.error.IdempotencyError:
        pass
    else:
        raise AssertionError("another payload was taken")


for flow in (
    customers,
    payment,
    decline,
    hold,
    refund,
    catalog,
    subscription,
    invoice,
    pages,
    idempotency,
):
    flow()
    print(flow.__name__)
