public import CacheCore
public import CacheStorage

/// What the routes work with.
public struct CacheServices: Sendable {
    /// Everything about uploads.
    public let uploads: UploadService
    /// Collections of what nobody needs any more; nil where there are none.
    public let collections: CollectionService?
    /// Names that keep closures; nil where there are none.
    public let pins: PinService?
    /// Lists of closures, and their deletion; nil where there are none.
    public let closures: ClosureService?
    /// Where readers' objects come from.
    public let objects: any ObjectStore
    /// Narinfos in memory; what changes `objects` has to follow it.
    public let narInfos: NarInfoCache
    /// Other caches from which this one is filled; nil where there are none.
    public let pull: PullThrough?
    /// The store whose presigned URLs lead to this server, where it keeps its objects itself.
    public let directory: DirectoryStore?
    /// Whether the server can do its work.
    public let readiness: Readiness
    /// Who leads the build farms.
    public let farms: FarmLeads
    /// What the pages for whoever runs the cache show; nil where there are none.
    public let console: ConsoleService?
    /// What is measured.
    public let metrics: ServerMetrics

    /// - Parameters:
    ///   - uploads: everything about uploads.
    ///   - collections: collections of what nobody needs any more; nil where there are none.
    ///   - pins: names that keep closures; nil where there are none.
    ///   - closures: lists of closures, and their deletion; nil where there are none.
    ///   - objects: where readers' objects come from.
    ///   - narInfos: narinfos in memory; none are kept where it is left out.
    ///   - pull: other caches from which this one is filled; nil where there are none.
    ///   - directory: the store whose presigned URLs lead to this server; nil where they lead elsewhere.
    ///   - readiness: whether the server can do its work.
    ///   - farms: who leads the build farms.
    ///   - console: what the pages for whoever runs the cache show; nil where there are none.
    ///   - metrics: what is measured.
    public init(
        uploads: UploadService, collections: CollectionService? = nil, pins: PinService? = nil,
        closures: ClosureService? = nil, objects: any ObjectStore,
        narInfos: NarInfoCache = NarInfoCache(limits: NarInfoCacheLimits(bytes: 0)), pull: PullThrough? = nil,
        directory: DirectoryStore?, readiness: Readiness, farms: FarmLeads, console: ConsoleService? = nil,
        metrics: ServerMetrics = ServerMetrics()
    ) {
        self.uploads = uploads
        self.collections = collections
        self.pins = pins
        self.closures = closures
        self.objects = objects
        self.narInfos = narInfos
        self.pull = pull
        self.directory = directory
        self.readiness = readiness
        self.farms = farms
        self.console = console
        self.metrics = metrics
    }
}
