/// Some bytes of a body.
struct BodyBatch: Sendable {
    var chunks: [[UInt8]] = []
    var isLast = false
}
