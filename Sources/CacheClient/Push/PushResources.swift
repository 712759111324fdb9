internal import CacheCore

/// What all uploads of a push share, each bounded.
struct PushResources: Sendable {
    /// Threads that read, hash and compress.
    let processors: Semaphore
    /// Bytes of compressed NARs and logs that are held in memory.
    let memory: Semaphore
    /// Requests to the storage.
    let requests: Semaphore

    init(_ options: PushOptions) {
        processors = Semaphore(options.processors)
        memory = Semaphore(options.bufferSize)
        requests = Semaphore(options.maximumConcurrentUploads)
    }
}
