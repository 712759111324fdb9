import CZstd
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Contexts of zstd that nobody uses at the moment.
///
/// A context has some MiB of tables, which the system clears when they are touched first: for a small NAR that takes as
/// long as to compress it.
final class ZstdContexts: Sendable {
    /// Those of this process.
    static let shared = ZstdContexts()

    /// The largest context that is kept, in bytes: those of the highest levels have a hundred MiB.
    private static let largest = 8 << 20
    /// How many are kept: as many as can compress at one time.
    private static let limit = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// The addresses of those that are kept.
    private let idle = Mutex<[UInt]>([])

    /// A context in the state of a new one; nil when there is no memory for it.
    func take() -> OpaquePointer? {
        idle.withLock { $0.popLast() }.flatMap { OpaquePointer(bitPattern: $0) } ?? ZSTD_createCCtx()
    }

    /// Takes a context back, and keeps it if it is worth that.
    func give(_ context: OpaquePointer) {
        let isWorthKeeping =
            ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)) == 0
            && ZSTD_sizeof_CCtx(context) <= Self.largest
            && idle.withLock { idle in
                guard idle.count < Self.limit else { return false }
                idle.append(UInt(bitPattern: context))
                return true
            }
        if !isWorthKeeping { ZSTD_freeCCtx(context) }
    }
}
