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

    /// Tells the server that an object is in the storage, so that it stays when this push is given up.
    func register(_ key: String) async {
        do throws(ClientError) {
            try await api.uploadCompleted(key)
        } catch {
            logger.debug("\(key) was not registered: \(error.message)")
        }
    }
}
