#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of our own, for work that blocks: Swift's cooperative pool must not wait for files.
struct WorkerThread: ~Copyable {
    private let handle: pthread_t

    /// Starts a thread that runs `body` and ends.
    ///
    /// - Throws: `NarKitError` when the system has no thread to give.
    init(_ body: @escaping @Sendable () -> Void) throws(NarKitError) {
        let box = Unmanaged.passRetained(Body(run: body))
        #if canImport(Darwin)
        var created: pthread_t?
        let status = pthread_create(&created, nil, { context in runBody(context) }, box.toOpaque())
        #else
        var created = pthread_t()
        let status = pthread_create(&created, nil, { context in runBody(context) }, box.toOpaque())
        #endif
        guard status == 0 else {
            box.release()
            throw .threadUnavailable(errno: status)
        }
        #if canImport(Darwin)
        guard let created else { throw .threadUnavailable(errno: status) }
        #endif
        handle = created
    }

    /// Waits until the thread has ended. Blocks.
    consuming func join() {
        pthread_join(handle, nil)
        discard self
    }

    deinit {
        pthread_detach(handle)
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context {
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    }
    return nil
}
