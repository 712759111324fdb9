/// The `nix-cache-info` file at the root of a binary cache.
public struct CacheInfo: Hashable, Sendable {
    /// The directory that the store paths of the cache lie in.
    public var storeDirectory: StoreDirectory
    /// Whether it is cheap to ask the cache for many store paths.
    public var wantMassQuery: Bool
    /// Where the cache stands among others: lower is asked first. `cache.nixos.org` has 40.
    public var priority: Int

    /// The largest file that is read, in bytes.
    public static let maximumByteCount = 64 << 10

    /// What Nix assumes of a cache that states no priority.
    private static let unstatedPriority = 50

    /// Describes a cache.
    ///
    /// - Parameters:
    ///   - storeDirectory: The directory that its store paths lie in.
    ///   - wantMassQuery: Whether it is cheap to ask for many store paths.
    ///   - priority: Where it stands among others: lower is asked first.
    public init(storeDirectory: StoreDirectory = .standard, wantMassQuery: Bool = true, priority: Int = 30) {
        self.storeDirectory = storeDirectory
        self.wantMassQuery = wantMassQuery
        self.priority = priority
    }

    /// Reads the file.
    ///
    /// Like Nix, passes over lines without a colon and unknown keys, and ignores white space around values. What the file
    /// does not state is `/nix/store`, no mass queries and a priority of 50.
    ///
    /// - Parameter bytes: The file.
    /// - Throws: ``NarKitError`` with the code `tooLarge` when the file is larger than ``maximumByteCount``;
    ///   `invalidStoreDirectory` or `invalidCacheInfo` when a value does not parse.
    public init(parsing bytes: some Collection<UInt8>) throws(NarKitError) {
        guard bytes.count <= Self.maximumByteCount else {
            throw NarKitError(
                .tooLarge,
                "A nix-cache-info file has \(bytes.count) bytes, but at most \(Self.maximumByteCount) are read: check the "
                    + "URL of the cache.")
        }
        self.init(wantMassQuery: false, priority: Self.unstatedPriority)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let rest = Array(line[line.index(after: colon)...])
            let value = String(decoding: rest[trimmedRange(of: rest)], as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "StoreDir": storeDirectory = try StoreDirectory(value)
            case "WantMassQuery": wantMassQuery = value == "1"
            case "Priority": priority = try Self.priority(value)
            default: continue
            }
        }
    }

    /// Reads the file from text, by the same rules as from bytes.
    ///
    /// - Parameter text: The file.
    /// - Throws: ``NarKitError`` as for bytes.
    public init(parsing text: String) throws(NarKitError) {
        try self.init(parsing: text.utf8)
    }

    /// The file, with a line feed at the end of every line.
    public func serialized() -> String {
        "StoreDir: \(storeDirectory)\nWantMassQuery: \(wantMassQuery ? 1 : 0)\nPriority: \(priority)\n"
    }

    private static func priority(_ value: String) throws(NarKitError) -> Int {
        guard let number = Int(value) else {
            throw NarKitError(
                .invalidCacheInfo, "The Priority \(quoted(value)) in a nix-cache-info file must be a whole number.")
        }
        return number
    }
}
