/**
 * The clients that google-gax mixes into generated clients: long-running operations, IAM, locations. A generated client
 * only constructs and closes them, and the connector does not call them, so `close` is their only method.
 */
class Mixin {
  close() {
    return Promise.resolve();
  }
}

module.exports = { OperationsClient: Mixin, IamClient: Mixin, LocationsClient: Mixin };
