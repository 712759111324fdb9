/// How a push is done.
public struct PushOptions: Sendable, Equatable {
    /// How many requests may be under way to the storage at once.
    public var maximumConcurrentUploads: Int
    /// How many bytes of NARs may be held in memory while they wait to be sent.
    public var bufferSize: Int
    /// How many NARs are compressed at once, and how many threads compress a large one that is alone.
    public var processors: Int
    /// The level of zstd.
    public var compressionLevel: Int
    /// Whether the server checks that what it knows is really in the storage.
    public var verifiesStorage: Bool
    /// From how many paths on the server is asked first which of them it has.
    public var presenceThreshold: Int
    /// Whether only the paths themselves are pushed, without what they refer to.
    public var leavesOutReferences = false
    /// Substituters whose paths are left out, with all that those refer to.
    public var skippedUpstreams: [String] = []
    /// Whether the server's signatures of the paths that are named are asked for, where they need not be published too.
    public var signsRoots = false
    /// How long a NAR that arrived waits for others until the server is told, so that it is not sent again when this push
    /// is given up.
    public var reportInterval: Duration = .milliseconds(250)
    /// Where journals of large uploads are kept, so that a push which was interrupted goes on within them; nil for none.
    public var journalDirectory: String?

    /// Makes options.
    ///
    /// - Parameters:
    ///   - maximumConcurrentUploads: How many requests may be under way at once, at least 1.
    ///   - bufferSize: How many bytes of NARs may wait in memory; at least two parts are made room for.
    ///   - processors: How many NARs are compressed at once, at least 1.
    ///   - compressionLevel: The level of zstd.
    ///   - verifiesStorage: Whether the server checks that what it knows is in the storage.
    ///   - presenceThreshold: From how many paths on the server is asked what it has.
    ///   - journalDirectory: Where journals of large uploads are kept; nil for none.
    public init(
        maximumConcurrentUploads: Int = 30, bufferSize: Int = 64 << 20, processors: Int = 2, compressionLevel: Int = 3,
        verifiesStorage: Bool = false, presenceThreshold: Int = 500,
        journalDirectory: String? = nil
    ) {
        self.maximumConcurrentUploads = max(1, maximumConcurrentUploads)
        self.bufferSize = max(2 * PartPlan.minimumPartSize, bufferSize)
        self.processors = max(1, processors)
        self.compressionLevel = compressionLevel
        self.verifiesStorage = verifiesStorage
        self.presenceThreshold = presenceThreshold
        self.journalDirectory = journalDirectory
    }

    /// Where programs keep the journals of large uploads: `niks3/uploads` in the directory for caches.
    ///
    /// - Parameter environment: The variables of the process; `CACHE_DIRECTORY` is systemd's, for a service of its own.
    /// - Returns: The directory; nil where the variables name none.
    public static func journalDirectory(environment: [String: String]) -> String? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let directory = value("CACHE_DIRECTORY") {
            return String(directory.prefix { $0 != ":" }) + "/uploads"
        }
        return (value("XDG_CACHE_HOME") ?? value("HOME").map { $0 + "/.cache" }).map { $0 + "/niks3/uploads" }
    }
}
