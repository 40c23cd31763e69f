/**
 * Writes that move no money except the amounts in their request. The list is reviewed by hand. The other writes are in
 * `write-rules.ts`.
 */
export const MONEYLESS: readonly { readonly reason: string; readonly writes: readonly string[] }[] = [
  {
    reason: 'cancels, voids or ends an object: no further money moves',
    writes:
      words(`CancelClimateOrder CancelIdentityVerificationSession CancelPaymentIntent CancelPayout CancelQuote CancelRefund
      CancelSetupIntent CancelTerminalReaderAction CancelThreeDSecureAuthentication CancelTopup
      CancelTreasuryInboundTransfer CancelTreasuryOutboundPayment CancelTreasuryOutboundTransfer
      CancelV2MoneyManagementOutboundPayment CancelV2MoneyManagementOutboundSetupIntent
      CancelV2MoneyManagementPayoutIntent DeclineIssuingAuthorization ExpireBillingCreditGrant ExpireCheckoutSession
      MarkInvoiceUncollectible RemoveInvoiceLines VoidBillingCreditGrant VoidCreditNote VoidInvoice CloseDispute
      ReleaseSubscriptionSchedule DeleteCustomerDiscount DeleteSubscriptionDiscount`),
  },
  {
    reason: 'deletes or disconnects an object: no money moves',
    writes: words(`Account.Delete ApplePayDomain.Delete BankAccount.Delete Card.Delete Coupon.Delete Customer.Delete
      CustomerSource.Delete EphemeralKey.Delete ExternalAccount.Delete Invoice.Delete InvoiceItem.Delete Person.Delete
      Plan.Delete Product.Delete ProductFeature.Delete Radar.ValueList.Delete Radar.ValueListItem.Delete TaxId.Delete
      Terminal.Configuration.Delete Terminal.Location.Delete Terminal.Reader.Delete TestHelpers.TestClock.Delete
      V2.Core.AccountPerson.Delete V2.Core.EventDestination.Delete WebhookEndpoint.Delete DeleteAppsSecret
      UninstallAppsInstall CloseV2CoreAccount DisconnectFinancialConnectionsAccount`),
  },
  {
    reason: 'manages people, accounts and payment methods: makes no payment',
    writes:
      words(`AccountLink.Create AccountSession.Create AttachPaymentMethodToCustomer BankAccount.Create BankAccount.Update
      Capability.Update Card.Create Card.Update CustomerSession.Create CustomerSource.Create
      CustomerSource.Update DetachPaymentMethodFromCustomer EphemeralKey.Create ExternalAccount.Create
      ExternalAccount.Update FinancialConnections.Session.Create FundingInstructions.Create LoginLink.Create
      PaymentMethod.Create PaymentMethod.Update Person.Create Person.Update RefreshFinancialConnectionsAccount
      RejectAccount SubscribeFinancialConnectionsAccount UnrejectAccount UnsubscribeFinancialConnectionsAccount
      TaxId.Create Token.Create Treasury.FinancialAccount.Create
      Treasury.FinancialAccountFeatures.Update V2.Core.AccountLink.Create V2.Core.AccountPerson.Create
      V2.Core.AccountPerson.Update V2.Core.AccountPersonToken.Create V2.Core.GbBankAccount.Create
      V2.Core.UsBankAccount.Create V2.Core.UsBankAccount.Update ArchiveV2CoreGbBankAccount ArchiveV2CoreUsBankAccount
      UnarchiveV2CoreGbBankAccount UnarchiveV2CoreUsBankAccount ArchiveV2MoneyManagementPayoutMethod
      UnarchiveV2MoneyManagementPayoutMethod V2.MoneyManagement.FinancialAccount.Update
      V2.MoneyManagement.FinancialAddress.Create V2.MoneyManagement.OutboundSetupIntent.Create
      V2.MoneyManagement.OutboundSetupIntent.Update V2.MoneyManagement.RecipientVerification.Create
      AcknowledgeV2MoneyManagementRecipientVerification SendV2CoreUsBankAccountMicrodeposits`),
  },
  {
    reason: 'verifies that a bank account or a card belongs to the payer: no payment depends on the result',
    writes: words(`ConfirmV2CoreUsBankAccountMicrodeposits VerifyCustomerSource VerifySetupIntentMicrodeposits
      VerifySource SubmitThreeDSecureAuthentication`),
  },
  {
    reason: 'changes texts, dates or settings of an object: its amounts do not change',
    writes: words(`Billing.CreditGrant.Update Charge.Update Climate.Order.Update CreditNote.Update
      CustomerBalanceTransaction.Update Dispute.Update FeeRefund.Update FinalizeQuote Issuing.Authorization.Update
      Issuing.Token.Update Issuing.Transaction.Update MigrateSubscription Payout.Update Plan.Update Product.Update
      ProductCatalog.TrialOffer.Create ProductCatalog.TrialOffer.Update Refund.Update SubmitIssuingDispute Topup.Update
      Transfer.Update TransferReversal.Update V2.MoneyManagement.PayoutIntent.Update V2.MoneyManagement.Transaction.Update
      RefreshV2MoneyManagementPayoutIntentFxQuote RefreshV2MoneyManagementPayoutIntentRecipientVerification
      RefreshV2MoneyManagementTransactionRegulatoryReceipt`),
  },
  {
    reason: 'records, calculates or displays an amount: the write itself moves no money',
    writes:
      words(`AttachPaymentToInvoice CreateInvoicePreview CreateTaxTransactionFromCalculation CreateTaxTransactionReversal
      Radar.PaymentEvaluation.Create ReportPayment ReportPaymentAttempt ReportPaymentAttemptCanceled
      ReportPaymentAttemptFailed ReportPaymentAttemptGuaranteed ReportPaymentAttemptInformational
      ReportPaymentRecordRefund SetTerminalReaderDisplay Tax.Calculation.Create`),
  },
  {
    reason: 'configures the account, its products or its devices: only other writes move money',
    writes: words(`ActivateBillingAlert ApplePayDomain.Create ApproveReview Apps.Install.Create Apps.Install.Update
      Apps.Secret.Create ArchiveBillingAlert ArchiveInvoiceRenderingTemplate Billing.Alert.Create
      Billing.FeedbackOption.Create Billing.FeedbackOption.Update Billing.Meter.Create Billing.Meter.Update
      Billing.MeterEventAdjustment.Create BillingPortal.Configuration.Create BillingPortal.Configuration.Update
      CollectTerminalReaderInputs CollectTerminalReaderPaymentMethod DeactivateBillingAlert
      DeactivateBillingFeedbackOption DeactivateBillingMeter DisableV2CoreEventDestination EnableV2CoreEventDestination
      Entitlements.Feature.Create Entitlements.Feature.Update File.Create FileLink.Create FileLink.Update
      Identity.VerificationSession.Create Identity.VerificationSession.Update Issuing.PersonalizationDesign.Create
      Issuing.PersonalizationDesign.Update PaymentMethodConfiguration.Create PaymentMethodConfiguration.Update
      PaymentMethodDomain.Create PaymentMethodDomain.Update PingV2CoreEventDestination ProcessTerminalReaderSetupIntent
      ProductFeature.Create Radar.ValueList.Create Radar.ValueList.Update Radar.ValueListItem.Create
      ReactivateBillingMeter RedactIdentityVerificationSession Reporting.ReportRun.Create Tax.Location.Create
      Tax.Registration.Create Tax.Registration.Update Tax.Settings.Update TaxRate.Create TaxRate.Update
      Terminal.ConnectionToken.Create Terminal.Location.Create Terminal.Location.Update Terminal.OnboardingLink.Create
      Terminal.Reader.Create Terminal.Reader.Update UnarchiveInvoiceRenderingTemplate
      V2.Billing.MeterEventAdjustment.Create V2.Commerce.ProductCatalogImport.Create
      V2.Core.EventDestination.Create V2.Core.EventDestination.Update ValidatePaymentMethodDomain WebhookEndpoint.Create
      WebhookEndpoint.Update`),
  },
  {
    reason: "simulates an event in Stripe's test mode, where no money is real",
    writes: words(`ActivateTestIssuingPersonalizationDesign AdvanceTestClock CaptureTestIssuingAuthorization
      CreateTestIssuingTransactionForceCapture CreateTestIssuingTransactionUnlinkedRefund
      CreateTestV2MoneyManagementRecipientVerification DeactivateTestIssuingPersonalizationDesign DeliverTestIssuingCard
      ExpireTestIssuingAuthorization ExpireTestRefund FailTestIssuingCard FailTestTreasuryInboundTransfer
      FailTestTreasuryOutboundPayment FailTestTreasuryOutboundTransfer FinalizeTestIssuingAuthorizationAmount
      IncrementTestIssuingAuthorization PostTestTreasuryOutboundPayment PostTestTreasuryOutboundTransfer
      PresentTestTerminalReaderPaymentMethod RefundTestIssuingTransaction RejectTestIssuingPersonalizationDesign
      RespondTestIssuingAuthorizationFraudChallenge ReturnTestIssuingCard ReturnTestTreasuryInboundTransfer
      ReturnTestTreasuryOutboundPayment ReturnTestTreasuryOutboundTransfer ReverseTestIssuingAuthorization
      ShipTestIssuingCard SubmitTestIssuingCard SucceedTestTerminalReaderInputCollection
      SucceedTestTreasuryInboundTransfer TestHelpers.ConfirmationToken.Create TestHelpers.Issuing.Authorization.Create
      TestHelpers.TestClock.Create TestHelpers.Treasury.OutboundPayment.Update TestHelpers.Treasury.OutboundTransfer.Update
      TimeoutTestTerminalReaderInputCollection`),
  },
];

/** Splits a list of names at white space. */
export function words(names: string): string[] {
  return names.trim().split(/\s+/);
}
