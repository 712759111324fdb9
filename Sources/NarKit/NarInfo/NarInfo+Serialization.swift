extension NarInfo {
    /// The narinfo as Nix writes it, to the byte: its lines in the order that Nix gives them, references and signatures
    /// sorted, and a line feed at the end.
    public func serialized() -> String {
        let references = references.sortedWithoutDuplicates()
        var text = ""
        text.reserveCapacity(512 + references.count * 64 + signatures.count * 128)
        func add(_ key: String, _ value: String) {
            text += key
            text += ": "
            text += value
            text += "\n"
        }
        add("StorePath", storePath.path(in: storeDirectory))
        add("URL", url)
        add("Compression", compression)
        if let fileHash { add("FileHash", fileHash.description) }
        if let fileSize { add("FileSize", String(fileSize)) }
        add("NarHash", narHash.description)
        add("NarSize", String(narSize))
        add("References", references.lazy.map(\.baseName).joined(separator: " "))
        if let deriver { add("Deriver", deriver.baseName) }
        if let system { add("System", system) }
        for signature in signatures.sortedWithoutDuplicates() { add("Sig", signature.description) }
        if let contentAddress { add("CA", contentAddress.description) }
        return text
    }
}
