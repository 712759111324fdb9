/// How the content of a store object determines its path: the `CA` line of a narinfo.
///
/// See "Content-addressing store objects" in the Nix manual.
public struct ContentAddress: Hashable, Sendable {
    /// What of a store object is hashed. The raw values are those of Nix's JSON.
    public enum Method: String, Hashable, Sendable, CaseIterable {
        /// A text file that may refer to other store objects, such as a derivation.
        case text
        /// The bytes of a single file.
        case flat
        /// The NAR of a file system tree.
        case nar
        /// The git tree or blob of a file system tree.
        case git

        fileprivate var prefix: String {
            switch self {
            case .text: "text:"
            case .flat: "fixed:"
            case .nar: "fixed:r:"
            case .git: "fixed:git:"
            }
        }
    }

    /// What is hashed.
    public let method: Method
    /// Its hash.
    public let hash: NixHash

    private static let maximumLength = 256

    /// Makes a content address.
    ///
    /// - Parameters:
    ///   - method: What is hashed.
    ///   - hash: Its hash.
    /// - Throws: ``NarKitError`` with the code `invalidContentAddress` when the method is ``Method/text`` and the hash is
    ///   not SHA-256.
    public init(method: Method, hash: NixHash) throws(NarKitError) {
        guard method != .text || hash.algorithm == .sha256 else {
            throw NarKitError(
                .invalidContentAddress,
                "The content address of a text cannot use \(hash.algorithm.rawValue): it must use sha256.")
        }
        self.method = method
        self.hash = hash
    }

    /// Reads the text form.
    ///
    /// - Parameter text: `text:sha256:…`, `fixed:sha256:…`, `fixed:r:sha256:…` or `fixed:git:sha1:…`, with any algorithm
    ///   but in the first, and the hash in nix32, hexadecimal or base 64.
    /// - Throws: ``NarKitError`` with the code `invalidContentAddress` when it is something else.
    public init(parsing text: some StringProtocol) throws(NarKitError) {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span)
    }

    /// Reads the text form.
    init(parsing bytes: Span<UInt8>) throws(NarKitError) {
        guard bytes.count <= Self.maximumLength, let text = String(ascii: bytes) else {
            throw Self.malformed([UInt8](bytes), cause: nil)
        }
        // The longest prefix that fits decides: `fixed:` begins the others too.
        let methods: [Method] = [.nar, .git, .text, .flat]
        guard let method = methods.first(where: { text.hasPrefix($0.prefix) }) else {
            throw Self.malformed(text.utf8, cause: nil)
        }
        let spelling = text.dropFirst(method.prefix.utf8.count)
        do throws(NarKitError) {
            guard spelling.utf8.contains(UInt8(ascii: ":")) else { throw Self.malformed(text.utf8, cause: nil) }
            try self.init(method: method, hash: NixHash(parsing: spelling))
        } catch {
            throw error.code == .invalidContentAddress ? error : Self.malformed(text.utf8, cause: error)
        }
    }

    private static func malformed(_ text: some Collection<UInt8>, cause: NarKitError?) -> NarKitError {
        NarKitError(
            .invalidContentAddress,
            "\(quoted(text)) is not a content address: it must be text:, fixed:, fixed:r: or fixed:git: and a hash such "
                + "as sha256:….",
            cause: cause)
    }
}

extension ContentAddress: CustomStringConvertible {
    /// The text form, as narinfos write it.
    public var description: String { method.prefix + hash.description }
}
