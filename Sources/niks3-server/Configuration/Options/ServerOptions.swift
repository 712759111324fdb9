import ArgumentParser
import CacheServer

/// The flags of the command line, as they were given. ``ServerSettings`` joins them with the environment.
struct ServerOptions: ParsableArguments {
    @OptionGroup(title: "Storage in a directory")
    var directory: DirectoryOptions

    @OptionGroup(title: "Storage in PostgreSQL and a bucket")
    var shared: SharedStorageOptions

    @OptionGroup(title: "Access and signatures")
    var access: AccessOptions

    @OptionGroup(title: "Serving")
    var serving: ServingOptions

    @OptionGroup(title: "Reading")
    var reading: ReadingOptions

    @OptionGroup(title: "Filling from other caches")
    var pullThrough: PullThroughOptions

    @OptionGroup(title: "Uploads")
    var uploads: UploadOptions

    @OptionGroup(title: "Collections")
    var collections: CollectionOptions

    @OptionGroup(title: "Log")
    var log: LogOptions

    /// The names of all flags that take no value.
    static let booleans = SharedStorageOptions.booleans.union(ServingOptions.booleans).union(UploadOptions.booleans)
        .union(LogOptions.booleans)
}
