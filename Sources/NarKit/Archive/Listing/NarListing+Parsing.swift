extension NarListing {
    /// Reads a `.ls` file.
    ///
    /// - Parameters:
    ///   - bytes: The JSON, whose strings need not be UTF-8.
    ///   - limits: The bounds on depth, names and targets.
    ///   - maximumSize: The bytes of JSON that are accepted, 256 MiB by default.
    /// - Throws: ``NarKitError`` with the code `invalidListing`, or `tooLarge`.
    public init(
        parsing bytes: [UInt8], limits: NarLimits = .init(), maximumSize: Int = 256 << 20
    ) throws(NarKitError) {
        guard bytes.count <= maximumSize, bytes.count < Int(UInt32.max) else {
            throw NarKitError(
                .tooLarge, "The NAR listing has \(bytes.count) bytes, of which \(maximumSize) are accepted at most.")
        }
        var parser = ListingParser(bytes: bytes, limits: limits)
        self = try parser.parse()
    }
}

/// Reads the JSON of a listing without recursion: how deep it is, its author decides.
private struct ListingParser {
    /// A node whose keys are being read.
    private struct OpenNode {
        let record: Int
        var type: [UInt8]?
        var size: UInt64?
        var narOffset: UInt64?
        var isExecutable: Bool?
        var target: [UInt8]?
        var hasEntries = false
        /// Where the name of the latest entry is in `text`.
        var latestName = 0..<0
    }

    private var json: ListingScanner
    private let limits: NarLimits
    private var records: [NarListing.Record] = []
    private var text: [UInt8] = []
    private var open: [OpenNode] = []

    init(bytes: [UInt8], limits: NarLimits) {
        json = ListingScanner(bytes: bytes)
        self.limits = limits
    }

    mutating func parse() throws(NarKitError) -> NarListing {
        var version: UInt64?
        var hasRoot = false
        try json.expect("{")
        repeat {
            switch try json.key() {
            case "version" where version == nil: version = try json.number()
            case "root" where !hasRoot:
                hasRoot = true
                try parseTree()
            case let key: throw json.failure("unexpected key \(quoted(key))")
            }
        } while try json.continues(until: "}")
        try json.expectEnd()
        guard version == 1 else { throw json.failure("version 1 is expected") }
        guard hasRoot else { throw json.failure("there is no root") }
        return NarListing(records: records, text: text)
    }

    private mutating func parseTree() throws(NarKitError) {
        try beginNode(name: [])
        while !open.isEmpty {
            let key = try json.key()
            let top = open.count - 1
            switch key {
            case "type" where open[top].type == nil: open[top].type = try json.string()
            case "size" where open[top].size == nil: open[top].size = try json.number()
            case "narOffset" where open[top].narOffset == nil: open[top].narOffset = try json.number()
            case "executable" where open[top].isExecutable == nil: open[top].isExecutable = try json.boolean()
            case "target" where open[top].target == nil: open[top].target = try json.string()
            case "entries" where !open[top].hasEntries:
                open[top].hasEntries = true
                try json.expect("{")
                if !json.skips("}") {
                    try beginEntry()
                    continue
                }
            default: throw json.failure("unexpected key \(quoted(key))")
            }
            try endNodes()
        }
    }

    /// After a value: ends every node and every `entries` that ends here.
    private mutating func endNodes() throws(NarKitError) {
        while try !json.continues(until: "}") {
            try endNode()
            if open.isEmpty { return }
            // The node was an entry: another entry follows, or the end of the entries and then of more.
            if try json.continues(until: "}") {
                try beginEntry()
                return
            }
        }
    }

    private mutating func beginEntry() throws(NarKitError) {
        let name = try json.string()
        try json.expect(":")
        if let reason = NarName.fault(in: name, limits: limits) { throw json.failure(reason) }
        let top = open.count - 1
        let latest = text[open[top].latestName]
        guard latest.isEmpty || latest.lexicographicallyPrecedes(name) else {
            throw json.failure("the name \(quoted(name)) is not after \(quoted(latest)) in byte order")
        }
        open[top].latestName = text.count..<text.count + name.count
        try beginNode(name: name)
    }

    private mutating func beginNode(name: [UInt8]) throws(NarKitError) {
        guard open.count <= limits.maximumDepth else { throw json.failure("directories lie too deep in each other") }
        try json.expect("{")
        open.append(OpenNode(record: records.count))
        records.append(
            NarListing.Record(kind: .directory, nameLength: UInt16(name.count), end: 0, name: text.count))
        text.append(contentsOf: name)
    }

    private mutating func endNode() throws(NarKitError) {
        guard let node = open.popLast() else { return }
        let type = node.type.map { String(decoding: $0, as: UTF8.self) }
        switch type {
        case "directory"
        where node.hasEntries && node.size == nil && node.narOffset == nil && node.isExecutable == nil
            && node.target == nil:
            break
        case "regular" where !node.hasEntries && node.target == nil:
            guard let size = node.size, let narOffset = node.narOffset else {
                throw json.failure("a file has no size or no narOffset")
            }
            records[node.record].kind = node.isExecutable == true ? .executable : .regular
            records[node.record].size = size
            records[node.record].offset = narOffset
        case "symlink"
        where !node.hasEntries && node.size == nil && node.narOffset == nil && node.isExecutable == nil:
            guard let target = node.target, !target.isEmpty, target.count <= limits.maximumTargetLength else {
                throw json.failure("a symbolic link has no target or a target that is too long")
            }
            records[node.record].kind = .symlink
            records[node.record].size = UInt64(target.count)
            records[node.record].offset = UInt64(text.count)
            text.append(contentsOf: target)
        default: throw json.failure("a node is neither a directory, nor a regular file, nor a symbolic link")
        }
        records[node.record].end = UInt32(records.count)
    }
}
