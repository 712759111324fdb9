/// Why the keys of a provider could not be had, for the log.
struct OIDCError: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
