import CacheCore

/// A walk over the files of objects in byte order of their keys. Blocks.
///
/// Memory does not grow with a directory's size: of each directory only the next entries are held.
struct ObjectWalk {
    private enum Kind {
        case part
        case directory
        case file
    }

    private struct Entry {
        /// The key, or what the keys below begin with.
        let bytes: [UInt8]
        let name: String
        let kind: Kind
    }

    /// A directory on the way down.
    private struct Level {
        let path: String
        /// What the keys below begin with, up to the last slash.
        let prefix: [UInt8]
        let isDivided: Bool
        /// The next entries, the nearest last.
        var entries: [Entry] = []
        /// The last entry read; the directory is read again from there when it has more than are held.
        var last: [UInt8]?
        var isExhausted = false
    }

    private let prefix: [UInt8]
    private let after: [UInt8]?
    private let entriesHeld: Int
    private var levels: [Level]

    /// - Parameters:
    ///   - root: the directory of objects.
    ///   - prefix: what the keys begin with.
    ///   - after: only keys after this one.
    ///   - entriesHeld: how many entries of a directory are held at once.
    init(root: String, prefix: String, after: String?, entriesHeld: Int = 4096) {
        self.entriesHeld = entriesHeld
        self.prefix = Array(prefix.utf8)
        self.after = after.map { Array($0.utf8) }
        levels = [Level(path: root, prefix: [], isDivided: ObjectPath.isDivided([]))]
    }

    /// The next key and the path of its file; `nil` after the last.
    mutating func next() throws(ObjectStoreError) -> (key: String, path: String)? {
        while var level = levels.popLast() {
            if level.entries.isEmpty, !level.isExhausted { try fill(&level) }
            guard let entry = level.entries.popLast() else { continue }
            let path = "\(level.path)/\(entry.name)"
            levels.append(level)
            switch entry.kind {
            case .part:
                levels.append(Level(path: path, prefix: level.prefix, isDivided: false))
            case .directory:
                levels.append(Level(path: path, prefix: entry.bytes, isDivided: ObjectPath.isDivided(entry.bytes)))
            case .file:
                // What is no text is no key: it was not written by a store.
                guard let key = String(validating: entry.bytes, as: UTF8.self) else { continue }
                return (key, path)
            }
        }
        return nil
    }

    private func fill(_ level: inout Level) throws(ObjectStoreError) {
        var entries: [Entry] = []
        var isCut = false
        func cut() {
            entries.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            isCut = isCut || entries.count > entriesHeld
            entries.removeLast(max(0, entries.count - entriesHeld))
        }
        let (prefix, isDivided, last) = (level.prefix, level.isDivided, level.last)
        _ = try FileTree.forEachName(in: level.path) { name in
            guard let entry = Self.entry(name, prefix: prefix, isDivided: isDivided), isWanted(entry),
                last.map({ $0.lexicographicallyPrecedes(entry.bytes) }) ?? true
            else { return }
            entries.append(entry)
            if entries.count >= 2 * entriesHeld { cut() }
        }
        cut()
        level.last = entries.last?.bytes
        level.isExhausted = !isCut
        level.entries = entries.reversed()
    }

    private static func entry(_ name: String, prefix: [UInt8], isDivided: Bool) -> Entry? {
        if isDivided {
            return PathEscaping.unescape(name.utf8).map { Entry(bytes: prefix + $0, name: name, kind: .part) }
        }
        guard name.utf8.last == ObjectPath.directoryMark else {
            return PathEscaping.unescape(name.utf8).map { Entry(bytes: prefix + $0, name: name, kind: .file) }
        }
        return PathEscaping.unescape(name.utf8.dropLast()).map {
            Entry(bytes: prefix + $0 + [UInt8(ascii: "/")], name: name, kind: .directory)
        }
    }

    private func isWanted(_ entry: Entry) -> Bool {
        let isAfter = after.map { $0.lexicographicallyPrecedes(entry.bytes) } ?? true
        if entry.kind == .file { return isAfter && entry.bytes.starts(with: prefix) }
        return (entry.bytes.starts(with: prefix) || prefix.starts(with: entry.bytes))
            && (isAfter || after?.starts(with: entry.bytes) == true)
    }
}
