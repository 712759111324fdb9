import NIOPosix
public import ServiceLifecycle

/// Looks from time to time whether something outside has changed, as a file, on a thread that may block.
public struct ReloadService: Service {
    private let interval: Duration
    private let reload: @Sendable () -> Void

    /// - Parameters:
    ///   - interval: between two looks.
    ///   - reload: looks, and takes over what has changed. It may block.
    public init(interval: Duration = .seconds(1), reload: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.reload = reload
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil {
                try? await NIOThreadPool.singleton.runIfActive(reload)
            }
        }
    }
}
