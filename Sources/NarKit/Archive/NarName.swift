/// The rules for the name of a directory entry.
enum NarName {
    /// What is wrong with a name, or nil when it may stand in an archive.
    static func fault(in name: some Collection<UInt8>, limits: NarLimits) -> String? {
        if name.isEmpty { return "a name is empty" }
        if name.count > limits.maximumNameLength {
            return "a name has \(name.count) bytes, more than the \(limits.maximumNameLength) that are accepted"
        }
        let dot = UInt8(ascii: ".")
        if name.count <= 2, name.allSatisfy({ $0 == dot }) {
            return "the name \(quoted(name)) leads out of its directory"
        }
        if name.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) {
            return "the name \(quoted(name)) contains a slash or a zero byte"
        }
        return nil
    }
}
