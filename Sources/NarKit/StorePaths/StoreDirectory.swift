/// The directory that holds a store's paths, `/nix/store` unless somebody built Nix with another.
public struct StoreDirectory: Hashable, Sendable, CustomStringConvertible {
    /// The absolute path, without a slash at its end.
    public let path: String

    /// `/nix/store`.
    public static let standard = StoreDirectory(unchecked: "/nix/store")

    /// Checks a path.
    ///
    /// - Parameter path: An absolute path without a slash at its end, empty components, `.`, `..` or control characters.
    /// - Throws: ``NarKitError`` with the code `invalidStoreDirectory` when it is something else.
    public init(_ path: String) throws(NarKitError) {
        let components = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = components.allSatisfy { component in
            !component.isEmpty && !component.elementsEqual(".".utf8) && !component.elementsEqual("..".utf8)
        }
        guard path.utf8.first == UInt8(ascii: "/"), isPlain, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw NarKitError(
                .invalidStoreDirectory,
                "\(quoted(path)) is not a store directory: it must be an absolute path such as /nix/store, "
                    + "without a slash at its end and without . and ...")
        }
        self.path = path
    }

    private init(unchecked path: String) { self.path = path }

    /// The path.
    public var description: String { path }
}
