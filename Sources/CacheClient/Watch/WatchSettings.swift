/// How a store is watched.
public struct WatchSettings: Sendable, Equatable {
    /// How many paths are pushed together at most.
    public var batchSize: Int
    /// Whether derivations are pushed too.
    public var includesDerivations: Bool
    /// The time between two looks.
    public var interval: Duration

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - batchSize: How many paths are pushed together, at least 1.
    ///   - includesDerivations: Whether derivations are pushed too.
    ///   - interval: The time between two looks.
    public init(batchSize: Int = 50, includesDerivations: Bool = false, interval: Duration = .seconds(1)) {
        self.batchSize = max(1, batchSize)
        self.includesDerivations = includesDerivations
        self.interval = interval
    }

    /// Where programs keep what waits to be pushed, unless they are told: in the directory for state.
    ///
    /// - Parameter environment: The variables of the process; `STATE_DIRECTORY` is systemd's, for a service of its own.
    /// - Returns: The file; nil where the variables name no directory.
    public static func queuePath(environment: [String: String]) -> String? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let directory = value("STATE_DIRECTORY") {
            return String(directory.prefix { $0 != ":" }) + "/watch-store.db"
        }
        return (value("XDG_STATE_HOME") ?? value("HOME").map { $0 + "/.local/state" }).map {
            $0 + "/niks3/watch-store.db"
        }
    }
}
