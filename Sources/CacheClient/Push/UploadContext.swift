internal import Logging
internal import NarKit

/// What every upload of a push needs to know.
struct UploadContext: Sendable {
    let api: APIClient
    let directories: NixDirectories
    let options: PushOptions
    let resources: PushResources
    let monitor: PushMonitor
    let logger: Logger

    /// The directory that store paths are named in.
    var directory: StoreDirectory { directories.store }

    /// From how many bytes on an object is registered: to send less once more takes no longer than to say that it is there.
    private static let registeredSize = 64 << 10

    /// Tells the server that an object is in the storage, so that it stays when this push is given up.
    ///
    /// - Parameter count: The bytes that were sent.
    func register(_ key: String, bytes count: Int) async {
        guard count >= Self.registeredSize else { return }
        do throws(ClientError) {
            try await api.uploadCompleted(key)
        } catch {
            logger.debug("\(key) was not registered: \(error.message)")
        }
    }
}
