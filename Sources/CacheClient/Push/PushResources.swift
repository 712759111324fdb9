/// What all uploads of a push share, each bounded.
struct PushResources: Sendable {
    /// Threads that read, hash and compress.
    let processors: Budget
    /// Bytes of compressed NARs and logs that are held in memory.
    let memory: Budget
    /// Requests to the storage.
    let requests: Budget

    init(_ options: PushOptions) {
        processors = Budget(options.processors)
        memory = Budget(options.bufferSize)
        requests = Budget(options.maximumConcurrentUploads)
    }
}
