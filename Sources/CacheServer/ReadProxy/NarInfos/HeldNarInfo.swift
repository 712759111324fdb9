import HTTPTypes
import NIOCore

/// A narinfo in the one form in which readers get it: plain.
struct HeldNarInfo: Sendable {
    let representation: Representation
    /// The ETag by which the object store knows it.
    let storeTag: String
    let bytes: ByteBuffer
    /// For a 200 with all of it.
    let headers: HTTPFields

    init(_ representation: Representation, storeTag: String, bytes: ByteBuffer) {
        self.representation = representation
        self.storeTag = storeTag
        self.bytes = bytes
        var headers = representation.headers
        headers[.contentLength] = String(bytes.readableBytes)
        self.headers = headers
    }
}

/// What is known about a key that is a narinfo's.
enum NarInfoAnswer: Sendable {
    case found(HeldNarInfo)
    case absent
    /// It is there, and too large to be held: each reader gets it from the object store.
    case large
}

/// What asking the object store for a narinfo gave.
enum LoadedNarInfo: Sendable {
    case found(HeldNarInfo)
    /// What is held is still what the store has.
    case unchanged
    case absent
    case large
}
