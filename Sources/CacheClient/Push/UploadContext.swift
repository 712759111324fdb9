internal import Logging
internal import NarKit

/// What every upload of a push needs to know.
struct UploadContext: Sendable {
    let api: APIClient
    let directories: NixDirectories
    let options: PushOptions
    let resources: PushResources
    let monitor: PushMonitor
    let reports: UploadReports
    let logger: Logger

    /// The directory that store paths are named in.
    var directory: StoreDirectory { directories.store }

    /// From how many bytes on a NAR takes longer to be read for its listing than to say that the listing is there.
    private static let listedSize: UInt64 = 8 << 20

    /// Tells the server that the listing of a large NAR is in the storage, so that the NAR is not read for it again.
    func register(listing key: String, of info: PathInfo) async {
        guard info.narSize >= Self.listedSize else { return }
        do throws(ClientError) {
            try await api.uploadCompleted(key)
        } catch {
            logger.debug("\(key) was not registered: \(error.message)")
        }
    }
}
