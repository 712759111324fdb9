public import CacheCore
public import ServiceLifecycle

/// Carries on, at the start and from time to time, what a crash or an outage left unfinished: uploads that are being
/// published, and what finished ones leave behind. It gives nobody's upload up.
public struct MaintenanceService: Service {
    private let uploads: UploadService
    private let interval: Duration

    /// - Parameters:
    ///   - uploads: what is looked after.
    ///   - interval: between two rounds.
    public init(uploads: UploadService, interval: Duration = .seconds(60)) {
        self.uploads = uploads
        self.interval = interval
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await uploads.resume()
                try? await Task.sleep(for: interval)
            }
        }
    }
}
