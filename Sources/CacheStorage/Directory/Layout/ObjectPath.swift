import CacheCore

/// Where the file of a key lies below the directory of objects.
///
/// A segment of a key is a file, or, with a slash behind it, a directory whose name ends in `@`: `a` and `a/b` can both
/// exist. Where many objects are expected, a directory is divided into one for each beginning of a name (`fanOut`). All
/// of this keeps the byte order of keys: a walk that sorts each directory meets the keys in order.
///
///     0c0b….narinfo              0c/0c0b….narinfo
///     nar/1x2y….nar.zst          na/nar@/1x/1x2y….nar.zst
///     pending/17/0c0b….narinfo   pe/pending@/17@/0c0b….narinfo
struct ObjectPath: Hashable, Sendable {
    /// The names of the directories, outermost first.
    let directories: [String]

    /// How many of the directories, from the outermost on, are never removed.
    let permanentDepth: Int

    /// The name of the file.
    let name: String

    /// The longest key, in bytes, as for S3.
    static let maximumKeyLength = 1024

    /// The longest name that file systems hold, in bytes.
    private static let maximumNameLength = 255

    static let directoryMark: UInt8 = UInt8(ascii: "@")

    /// By how many first bytes the directory of a key's prefix is divided; 0 for a permanent one that is not.
    private static let fanOut: [String: Int] = [
        "": 2, "nar/": 2, "log/": 2, "realisations/": "sha256:".utf8.count + 2, "build-trace-v2/": 2, "pending/": 0,
    ]

    /// - Throws: ``ObjectStoreError`` for a key that is empty or too long.
    init(_ key: String) throws(ObjectStoreError) {
        guard !key.isEmpty, key.utf8.count <= Self.maximumKeyLength else {
            throw ObjectStoreError(.other, "A key has 1 to \(Self.maximumKeyLength) bytes, not \(key.utf8.count).")
        }
        var directories: [String] = []
        var permanentDepth = 0
        var prefix = ""
        var rest = Substring(key)
        while true {
            let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/"))
            let segment = rest.utf8[..<(slash ?? rest.endIndex)]
            let component = Array(segment) + (slash == nil ? [] : [UInt8(ascii: "/")])
            if let length = Self.fanOut[prefix] {
                if length > 0 { directories.append(PathEscaping.escape(component.prefix(length))) }
                permanentDepth = directories.count
            }
            let name = PathEscaping.escape(segment)
            guard name.utf8.count < Self.maximumNameLength else {
                throw ObjectStoreError(
                    .other,
                    "\(key) has a part between slashes that is longer than file names can be: shorten it, or use S3.")
            }
            guard let slash else {
                self.directories = directories
                self.permanentDepth = permanentDepth
                self.name = name
                return
            }
            directories.append(name + String(UnicodeScalar(Self.directoryMark)))
            let next = rest.utf8.index(after: slash)
            prefix += rest[..<next]
            rest = rest[next...]
        }
    }

    /// The path of one of the directories.
    ///
    /// - Parameters:
    ///   - depth: how many names long it is; 0 for the root itself.
    ///   - root: the directory of objects.
    func directory(depth: Int, in root: String) -> String {
        directories.prefix(depth).reduce(root) { "\($0)/\($1)" }
    }

    /// The path of the file.
    func file(in root: String) -> String {
        "\(directory(depth: directories.count, in: root))/\(name)"
    }

    /// Whether the directory of a key's prefix is divided by the first bytes of names.
    static func isDivided(_ prefix: [UInt8]) -> Bool {
        fanOut[String(decoding: prefix, as: UTF8.self), default: 0] > 0
    }
}
