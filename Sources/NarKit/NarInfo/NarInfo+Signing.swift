extension NarInfo {
    /// The text that signatures are made of: a version, the store path, hash and size of its NAR, and its references.
    public var fingerprint: String {
        var text = "1;\(storePath.path(in: storeDirectory));\(narHash);\(narSize);"
        let references = references.sortedWithoutDuplicates()
        text.reserveCapacity(text.utf8.count + references.count * 72)
        var separator = ""
        for reference in references {
            text += separator
            text += storeDirectory.path
            text += "/"
            text += reference.baseName
            separator = ","
        }
        return text
    }

    /// Adds the signatures of keys, in place of older ones with the same names; those of other keys stay.
    ///
    /// - Parameter keys: The keys.
    public mutating func sign(with keys: some Collection<SecretKey>) {
        let message = fingerprint
        let names = Set(keys.map(\.name))
        signatures.removeAll { names.contains($0.keyName) }
        signatures.append(contentsOf: keys.map { $0.sign(message) })
        signatures = signatures.sortedWithoutDuplicates()
    }

    /// Whether a trusted key signed this narinfo.
    ///
    /// - Parameter keys: The keys to believe.
    public func isSigned(by keys: TrustedKeys) -> Bool {
        let message = fingerprint
        return signatures.contains { keys.verifies($0, of: message) }
    }
}
