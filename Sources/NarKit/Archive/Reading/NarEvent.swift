/// One thing that an archive contains, in the order of its bytes.
public enum NarEvent: Sendable, Hashable {
    /// A directory begins; what follows lies in it until ``endDirectory``. The root has an empty name.
    case beginDirectory(name: [UInt8])
    /// The innermost directory ends.
    case endDirectory
    /// A regular file begins; its contents follow.
    case beginFile(name: [UInt8], NarFileHeader)
    /// The next bytes of the file.
    case fileContents([UInt8])
    /// The file ends.
    case endFile
    /// A symbolic link.
    case symlink(name: [UInt8], target: [UInt8])
}

/// Collects what a parser tells.
struct NarEventCollector: NarVisitor {
    var events: [NarEvent] = []

    mutating func beginDirectory(named name: [UInt8]) {
        events.append(.beginDirectory(name: name))
    }

    mutating func endDirectory() {
        events.append(.endDirectory)
    }

    mutating func beginFile(named name: [UInt8], _ file: NarFileHeader) {
        events.append(.beginFile(name: name, file))
    }

    mutating func fileContents(_ bytes: RawSpan) {
        events.append(.fileContents(bytes.withUnsafeBytes { Array($0) }))
    }

    mutating func endFile() {
        events.append(.endFile)
    }

    mutating func symlink(named name: [UInt8], target: [UInt8]) {
        events.append(.symlink(name: name, target: target))
    }
}
