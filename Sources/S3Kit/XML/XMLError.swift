/// Why a text is not XML as S3 services send it.
struct XMLError: Error, Hashable, CustomStringConvertible {
    /// A phrase that says what is wrong.
    let reason: String

    /// Where the reader stood, in bytes from the start.
    let offset: Int

    var description: String { "\(reason) (at byte \(offset))" }
}
