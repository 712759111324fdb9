/// The name of an object in a store: 32 nix32 characters, a dash and a name.
///
/// A store path does not know its store directory, because narinfos, listings and object keys do not either.
public struct StorePath: Hashable, Sendable {
    /// Hash and name with a dash in between, such as `g9jlwsxv…-hello-2.12`.
    public let baseName: String

    /// The number of characters of ``hashPart``.
    public static let hashPartLength = 32
    /// The largest number of characters of ``name``.
    public static let maximumNameLength = 211

    /// Checks a base name.
    ///
    /// - Parameter baseName: 32 nix32 characters, a dash, and a name of 1 to 211 characters of `A-Z a-z 0-9 + - . _ ? =`
    ///   which is neither `.` nor `..` and does not start with `.-` or `..-`.
    /// - Throws: ``NarKitError`` with the code `invalidStorePath` when it is something else.
    public init(baseName: some StringProtocol) throws(NarKitError) {
        let bytes = Array(baseName.utf8)
        try self.init(baseName: bytes.span)
    }

    /// Reads a path that is exactly a store path.
    ///
    /// - Parameters:
    ///   - path: The full path, such as `/nix/store/g9jlwsxv…-hello-2.12`.
    ///   - storeDirectory: The directory it must lie in.
    /// - Throws: ``NarKitError`` with the code `invalidStorePath` when the path is not in the directory, goes on below the
    ///   store path, or its base name is malformed.
    public init(parsing path: some StringProtocol, in storeDirectory: StoreDirectory = .standard) throws(NarKitError) {
        let bytes = Array(path.utf8)
        try self.init(parsing: bytes.span, in: storeDirectory)
    }

    /// Finds the store path that a path lies in.
    ///
    /// - Parameters:
    ///   - path: A path in the store, such as `/nix/store/g9jlwsxv…-hello-2.12/bin/hello`.
    ///   - storeDirectory: The directory it must lie in.
    /// - Returns: The store path, such as `g9jlwsxv…-hello-2.12`.
    /// - Throws: ``NarKitError`` with the code `invalidStorePath` when the path is not in the directory, or the component
    ///   after it is malformed.
    public static func first(
        in path: String, storeDirectory: StoreDirectory = .standard
    ) throws(NarKitError) -> StorePath {
        let bytes = Array(path.utf8)
        let start = try startOfBaseName(in: bytes.span, storeDirectory: storeDirectory)
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        return try StorePath(baseName: bytes.span.extracting(start..<end))
    }

    /// The 32 nix32 characters, which name the narinfo in a cache.
    public var hashPart: String {
        String(baseName.utf8.prefix(Self.hashPartLength)) ?? ""
    }

    /// What follows the dash, such as `hello-2.12`.
    public var name: String {
        String(baseName.utf8.dropFirst(Self.hashPartLength + 1)) ?? ""
    }

    /// Whether this is the path of a derivation: its name ends in `.drv`.
    public var isDerivation: Bool { baseName.utf8.suffix(4).elementsEqual(".drv".utf8) }

    /// The full path.
    ///
    /// - Parameter storeDirectory: The directory that the path lies in.
    public func path(in storeDirectory: StoreDirectory = .standard) -> String {
        storeDirectory.path + "/" + baseName
    }

    /// Reads a full path.
    init(parsing path: Span<UInt8>, in storeDirectory: StoreDirectory) throws(NarKitError) {
        let start = try Self.startOfBaseName(in: path, storeDirectory: storeDirectory)
        try self.init(baseName: path.extracting(start..<path.count))
    }

    /// Checks a base name.
    init(baseName bytes: Span<UInt8>) throws(NarKitError) {
        guard Self.isBaseName(bytes), let text = String(ascii: bytes) else {
            throw NarKitError(
                .invalidStorePath,
                "\(quoted([UInt8](bytes), limit: 260)) is not the base name of a store path: it must be 32 nix32 "
                    + "characters, a dash, and a name of 1 to 211 letters, digits and + - . _ ? =.")
        }
        baseName = text
    }

    private static func startOfBaseName(
        in path: Span<UInt8>, storeDirectory: StoreDirectory
    ) throws(NarKitError) -> Int {
        let directory = storeDirectory.path.utf8
        var index = 0
        for byte in directory {
            guard index < path.count, path[index] == byte else { break }
            index += 1
        }
        guard index == directory.count, index < path.count, path[index] == UInt8(ascii: "/") else {
            throw NarKitError(
                .invalidStorePath,
                "\(quoted([UInt8](path), limit: 260)) is not in the store directory \(storeDirectory.path): "
                    + "give a path that begins with \(storeDirectory.path)/.")
        }
        return index + 1
    }

    private static func isBaseName(_ bytes: Span<UInt8>) -> Bool {
        let nameStart = hashPartLength + 1
        guard bytes.count > nameStart, bytes.count <= nameStart + maximumNameLength else { return false }
        for index in 0..<hashPartLength where !Nix32.isDigit(bytes[index]) { return false }
        guard bytes[hashPartLength] == UInt8(ascii: "-") else { return false }
        return isName(bytes.extracting(nameStart..<bytes.count))
    }

    /// Whether `name` may follow the dash of a base name; its length is not looked at.
    static func isName(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where !isNameCharacter(name[index]) { return false }
        var dots = 0
        while dots < name.count, name[dots] == UInt8(ascii: ".") { dots += 1 }
        let endsAfterDots = dots == name.count || name[dots] == UInt8(ascii: "-")
        return !((dots == 1 || dots == 2) && endsAfterDots)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "?"), UInt8(ascii: "="):
            true
        default:
            false
        }
    }
}

extension StorePath: Comparable {
    /// Orders by the bytes of the base name, as Nix orders references.
    public static func < (left: StorePath, right: StorePath) -> Bool {
        // Base names are ASCII, where the order of strings is that of their bytes.
        left.baseName < right.baseName
    }
}

extension StorePath: CustomStringConvertible {
    /// The base name.
    public var description: String { baseName }
}
