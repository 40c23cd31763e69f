/**
 * The clients that google-gax mixes into generated clients: long-running operations, IAM, locations. A generated client
 * constructs and closes them. The connector calls none of their methods, so these classes have no others.
 */
class Mixin {
  close() {
    return Promise.resolve();
  }
}

module.exports = { OperationsClient: Mixin, IamClient: Mixin, LocationsClient: Mixin };
