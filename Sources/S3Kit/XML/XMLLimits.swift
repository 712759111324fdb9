/// How much of a reply the XML reader takes.
struct XMLLimits: Hashable, Sendable {
    /// Of the whole text, in bytes. A page of 1,000 keys of 1,024 bytes, each byte escaped, is below 4 MiB.
    var size = 8 << 20

    /// How many elements may be open at a time.
    var depth = 16

    /// Of an element's or an attribute's name, in bytes.
    var nameLength = 128

    /// Of one element's text, or of one attribute's value, in bytes before escapes are resolved.
    var textLength = 64 << 10

    /// Of one element.
    var attributes = 16
}
