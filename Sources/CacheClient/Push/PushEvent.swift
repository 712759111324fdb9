public import NarKit

/// Something that happened during a push, for whoever shows or counts it.
public enum PushEvent: Sendable, Equatable {
    /// The server has answered; the closure is read next.
    case connected
    /// The closure is known.
    case planned(paths: Int, narBytes: UInt64)
    /// The server said what it lacks, of the closure or of a part of it: so many narinfos, and so many NARs with so many
    /// bytes before compression.
    case compared(newPaths: Int, nars: Int, narBytes: UInt64)
    /// A NAR is being read.
    case started(StorePath, narBytes: UInt64)
    /// So many further bytes of NARs have been read.
    case read(UInt64)
    /// So many further bytes have arrived in the storage.
    case sent(UInt64)
    /// So many further bytes need not be sent: they arrived with an earlier push that was interrupted.
    case kept(UInt64)
    /// A NAR is in the storage, or turned out to be there already.
    case finished(StorePath, narBytes: UInt64, compressedBytes: UInt64)
    /// The push goes on, but somebody should know.
    case warning(String)
}
