import CacheCore
import CacheStorage
import HTTPTypes
import NIOCore
import NarKit

/// A narinfo in the one form in which readers get it: plain.
struct HeldNarInfo: Sendable {
    let representation: Representation
    /// The ETag by which the object store knows it; nil for one that only an upstream has.
    let storeTag: String?
    /// Where it came from for whoever asked first.
    let status: CacheStatus
    let bytes: ByteBuffer
    /// For a 200 with all of it.
    let headers: HTTPFields

    init(_ representation: Representation, storeTag: String?, bytes: ByteBuffer, status: CacheStatus = .hit) {
        self.representation = representation
        self.storeTag = storeTag
        self.status = status
        self.bytes = bytes
        var headers = representation.headers
        headers[.contentLength] = String(bytes.readableBytes)
        self.headers = headers
    }

    /// A narinfo that only an upstream has.
    init(_ pulled: PulledNarInfo, key: ServedKey, status: CacheStatus) {
        let attributes = ObjectAttributes(
            size: Int64(pulled.bytes.count), etag: String(NixHash.sha256(of: pulled.bytes).hex.prefix(32)),
            lastModified: StoreClock.systemTime())
        self.init(
            Representation(of: attributes, key: key, accepted: AcceptedEncodings(nil)), storeTag: nil,
            bytes: ByteBuffer(bytes: pulled.bytes), status: status)
    }
}

/// What is known about a key that is a narinfo's.
enum NarInfoAnswer: Sendable {
    case found(HeldNarInfo)
    /// The status is for whoever asked first, nil where no upstream was asked.
    case absent(CacheStatus?)
    /// It is there, and too large to be held: each reader gets it from the object store.
    case large
}

/// What asking the object store for a narinfo gave.
enum LoadedNarInfo: Sendable {
    case found(HeldNarInfo)
    /// What is held is still what the store has.
    case unchanged
    case absent(CacheStatus?)
    case large
}
