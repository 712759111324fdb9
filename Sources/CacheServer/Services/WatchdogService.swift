public import ProgramKit
public import CacheCore
public import Logging
public import ServiceLifecycle

/// Feeds systemd's watchdog as long as the database answers (sd_watchdog_enabled(3)).
public struct WatchdogService: Service {
    private let systemd: SystemdNotifier
    private let metadata: any MetadataStore
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - systemd: where the watchdog is.
    ///   - microseconds: the value of WATCHDOG_USEC.
    ///   - processID: the value of WATCHDOG_PID, if it is set.
    ///   - ownProcessID: ours.
    ///   - metadata: the store that has to answer.
    ///   - logger: told when it does not.
    /// - Returns: nil where no watchdog waits for us.
    public init?(
        systemd: SystemdNotifier?, microseconds: String?, processID: String?, ownProcessID: Int32,
        metadata: any MetadataStore, logger: Logger
    ) {
        guard let systemd, let microseconds = microseconds.flatMap({ Int64($0) }), microseconds > 0,
            processID.map({ Int32($0) == ownProcessID }) ?? true
        else { return nil }
        self.systemd = systemd
        self.metadata = metadata
        self.logger = logger
        interval = .microseconds(microseconds / 2)
    }

    /// Works until a graceful shutdown; systemd does not wait for the watchdog of a service that stops.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await metadata.ping()
                    systemd.notify("WATCHDOG=1")
                } catch  where !Task.isCancelled {
                    logger.warning("the watchdog is not fed", metadata: ["error": "\(error)"])
                } catch {}
                try? await Task.sleep(for: interval)
            }
        }
    }
}
