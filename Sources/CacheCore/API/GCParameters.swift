/// What a collection was asked for, as the texts that were sent.
public struct GCParameters: APIMessage, Hashable {
    /// Closures last pushed this long ago or longer go, as in `720h`.
    public var olderThan: String
    /// Uploads begun this long ago or longer are given up, as in `6h`; also how long what is unreachable is spared.
    public var failedUploadsOlderThan: String
    /// Whether neither that time nor a client that may still be writing holds the collection up.
    public var force: Bool

    /// How old an upload has to be where nothing is said.
    public static let defaultFailedUploadsOlderThan = "6h"

    /// Makes parameters.
    public init(
        olderThan: String, failedUploadsOlderThan: String = defaultFailedUploadsOlderThan, force: Bool = false
    ) {
        self.olderThan = olderThan
        self.failedUploadsOlderThan = failedUploadsOlderThan
        self.force = force
    }

    private enum CodingKeys: String, CodingKey {
        case force
        case olderThan = "older_than"
        case failedUploadsOlderThan = "failed_uploads_older_than"
    }
}
